"""The rules that one record is judged by, a module a group.

``region`` and ``year``: its region, level and year against the names it lies under; ``kind``:
whether it is a report at all; ``damage``: lost characters and markup left in; ``extent``: whether
all of it is there; ``annex``: what follows the speech. ``report_text`` is what all of them look at,
``regions_told`` and ``years_told`` (with ``occasions``) what text, front matter and names say. A
rule gives findings and changes nothing. Rules that compare documents are in
``orchestration.ingest.across``, repeated text in ``orchestration.ingest.repetition``.
"""
