"""What runs when: settings, Dagster assets, checks, resources, the readers they call, and the CLI.

The arithmetic of a measure, an index or a model does not belong here: it lives in ``models_py``
(Python) or ``dbt_project`` (SQL).
"""
