"""Pure functions over text and frames; nothing here imports Dagster, dbt or DuckDB."""
