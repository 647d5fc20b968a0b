"""How dbt's nodes become Dagster assets: key, group and units; one place for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject


class Translator(DagsterDbtTranslator):
    """Asset key ``[schema, table]``, group from the folder's meta, units beside descriptions."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """``[schema, name]``, as in the warehouse."""
        name = dbt_resource_props.get("alias") or dbt_resource_props["name"]
        return dg.AssetKey([dbt_resource_props["schema"], name])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The subject area."""
        return _meta(dbt_resource_props).get("group")

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The base spec with our column schema."""
        properties = self.get_resource_props(manifest, unique_id)
        spec = super().get_asset_spec(manifest, unique_id, project)
        # The working file's catalog is nobody's business: readers open another file.
        metadata: dict[str, Any] = {"dagster/table_name": ".".join(spec.key.path)}
        columns = properties.get("columns", {})
        if columns and "dagster/column_schema" in spec.metadata:
            metadata["dagster/column_schema"] = dg.TableSchema(
                columns=[
                    dg.TableColumn(
                        name=name, type=column.get("data_type") or "?", description=_comment(column)
                    )
                    for name, column in columns.items()
                ]
            )
        return spec.merge_attributes(metadata=metadata)


def _meta(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    config = properties.get("config") or {}
    return {**(properties.get("meta") or {}), **(config.get("meta") or {})}


def _comment(column: Mapping[str, Any]) -> str:
    unit = _meta(column).get("unit")
    description = str(column.get("description") or "")
    return f"{description} [{unit}]" if unit else description
