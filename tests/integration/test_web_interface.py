"""The web interface over a built warehouse: what it shows, and a year rerun through its GraphQL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.browser]

_READY_SECONDS = 120
_RUN_SECONDS = 180


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Interface:
    """A running `xinku ui` and its GraphQL."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = json.loads(answer.read())
        assert "errors" not in content, content["errors"]
        data: dict[str, Any] = content["data"]
        return data


@pytest.fixture(scope="module")
def interface(sample_build: tuple[Path, Any]) -> Iterator[Interface]:
    folder = sample_build[0].parent
    port = _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("XINKU_", "DAGSTER"))}
    log = (folder / "ui.log").open("w")
    servers = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "ui", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    served = Interface(port)
    try:
        end = time.monotonic() + _READY_SECONDS
        while True:
            try:
                served.ask("{ version }")
                break
            except (urllib.error.URLError, ConnectionError):
                assert servers.poll() is None, (folder / "ui.log").read_text()
                assert time.monotonic() < end, (folder / "ui.log").read_text()
                time.sleep(1)
        yield served
    finally:
        servers.send_signal(signal.SIGTERM)
        servers.wait(30)
        log.close()


REPOSITORY = """
{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name }
    jobs { name }
    assetGroups { groupName }
    assetNodes { assetKey { path } description isPartitioned hasMaterializePermission
        assetChecksOrError { ... on AssetChecks { checks { name blocking } } }
        assetMaterializations(limit: 1) { metadataEntries { label } } } } }
  ... on PythonError { message } } }
"""

LAUNCH = """
mutation ($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
    ... on InvalidSubsetError { message } } }
"""

RUN = """
query ($id: ID!) { runOrError(runId: $id) { ... on Run { status
    assetChecks { name assetKey { path } }
    assetMaterializations { assetKey { path } partition } } } }
"""

CHECK_RESULTS = """
query ($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode {
    assetChecksOrError { ... on AssetChecks { checks { name executionForLatestMaterialization {
        status runId evaluation { success severity } } } } } } } }
"""


def repository(interface: Interface) -> dict[str, Any]:
    (node,) = interface.ask(REPOSITORY)["repositoriesOrError"]["nodes"]
    found: dict[str, Any] = node
    return found


def test_the_graph_is_there_with_descriptions_and_checks(interface: Interface) -> None:
    assets = {".".join(a["assetKey"]["path"]): a for a in repository(interface)["assetNodes"]}
    assert assets.keys() >= {
        "raw.files", "raw.documents", "raw.keyword_hits", "marts.keyword_hits",
        "marts.government_attention", "staging.regions", "quality.quarantine",
    }  # fmt: skip
    built = {key: asset for key, asset in assets.items() if asset["hasMaterializePermission"]}
    assert [key for key, asset in built.items() if not asset["description"]] == []
    for key in ("raw.files", "raw.documents", "raw.keyword_hits", "marts.government_attention"):
        checks = assets[key]["assetChecksOrError"]["checks"]
        assert any(check["blocking"] for check in checks), key
        (last,) = assets[key]["assetMaterializations"]
        labels = {entry["label"] for entry in last["metadataEntries"]}
        assert labels >= {"dagster/row_count", "preview"}, key
    assert assets["raw.keyword_hits"]["isPartitioned"]
    assert not assets["raw.files"]["isPartitioned"]


def test_one_year_is_rerun_and_its_checks_pass(
    interface: Interface, sample_build: tuple[Path, Any]
) -> None:
    path, _ = sample_build
    before = path.stat().st_mtime_ns
    node = repository(interface)
    selection = [["raw", "keyword_hits"], ["raw", "text_measures"], ["raw", "document_sections"],
                 ["staging", "stg_reports__keyword_hits"], ["marts", "keyword_hits"]]  # fmt: skip
    launched = interface.ask(
        LAUNCH,
        params={
            "selector": {
                "repositoryLocationName": node["location"]["name"],
                "repositoryName": node["name"],
                "pipelineName": "measure",
                "assetSelection": [{"path": key} for key in selection],
                "assetCheckSelection": None,
            },
            "runConfigData": {},
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": "2020"}]},
        },
    )["launchPipelineExecution"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    run_id = launched["run"]["runId"]
    end = time.monotonic() + _RUN_SECONDS
    while True:
        run = interface.ask(RUN, id=run_id)["runOrError"]
        if run["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            break
        assert time.monotonic() < end, run
        time.sleep(1)
    assert run["status"] == "SUCCESS", run
    made = {(".".join(m["assetKey"]["path"]), m["partition"]) for m in run["assetMaterializations"]}
    assert made >= {("raw.keyword_hits", "2020"), ("marts.keyword_hits", "2020")}
    for key in (["raw", "keyword_hits"], ["marts", "keyword_hits"]):
        answer = interface.ask(CHECK_RESULTS, key={"path": key})["assetNodeOrError"]
        checks = answer["assetChecksOrError"]["checks"]
        ran = [c["executionForLatestMaterialization"] for c in checks]
        ran = [c for c in ran if c and c["runId"] == run_id]
        assert ran, key
        assert all(c["status"] == "SUCCEEDED" for c in ran), ran
    assert path.stat().st_mtime_ns > before, "a run that passes its checks publishes a snapshot"
    with duckdb.connect(str(path), read_only=True) as connection:
        years = connection.execute(
            "select count(distinct report_year) from marts.keyword_hits"
        ).fetchone()
    assert years == (5,)
