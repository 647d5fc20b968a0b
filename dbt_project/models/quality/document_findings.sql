with findings as (

    select * from {{ ref("stg_reports__document_findings") }}

),

documents as (

    select * from {{ ref("stg_reports__documents") }}

),

-- What could not be read has no document, and so no region and no year.
placed as (

    select
        findings.*,
        documents.region_code,
        documents.report_year,
        documents.status as document_status
    from findings
    left join documents on findings.document_id = documents.document_id

)

select
    document_id,
    file_id,
    path,
    member,
    region_code,
    report_year,
    document_status,
    rule,
    severity,
    evidence,
    hint,
    char_start,
    char_end,
    is_sample
from placed
