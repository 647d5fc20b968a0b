"""Statistical yearbooks and tidy tables: bytes in, observations with their cells out.

Pure: nothing here knows Dagster, dbt or DuckDB. Which layouts are known is data, in ``profiles``;
units are converted and corrections made in dbt's staging, never here.
"""
