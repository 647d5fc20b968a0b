"""Fetching a corpus from a local git repository: whole, verified, resumed, and never over a file."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.ingest.landing import walk
from orchestration.settings import UsageError
from orchestration.sources import Fetched, Source, SourceError, fetch
from orchestration.sources import git as git_module
from orchestration.sources.git import GitError
from tests.conftest import Xinku

pytestmark = pytest.mark.integration

NAME = "local-corpus"
FILES = {
    "政府工作报告/江苏省/2021.md": "# 江苏省 2021\n芯片",
    "政府工作报告/江苏省/2022 (1).md": "二〇二二",
    "政府工作报告/空 格.md": "",
    "年鉴/raw-2020.csv": "地区,值\n江苏,1\n",
    "README.md": "not a report",
}


class Upstream:
    """A repository as somebody else would have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        for path, text in FILES.items():
            self.write(path, text)
        self.first = self.commit()

    def git(self, *arguments: str) -> str:
        settings = ("user.name=n", "user.email=e@example.org", "protocol.file.allow=always")
        options = [part for one in settings for part in ("-c", one)]
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "one")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def upstream(tmp_path: Path) -> Upstream:
    return Upstream(tmp_path / "上游 repo")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "我的 landing"
    (folder / "reports").mkdir(parents=True)
    return folder


def source(upstream: Upstream, **change: Any) -> Source:
    facts: dict[str, Any] = {
        "name": NAME,
        "title": "t",
        "producer": "p",
        "address": "https://example.invalid/a/b",
        "commit": upstream.first,
        "commit_note": "n",
        "licence": "none stated",
        "coverage": "c",
        "parts": [
            {"include": ["政府工作报告/**/*.md"], "into": f"reports/{NAME}"},
            {"include": ["年鉴/*.csv"], "base": "年鉴", "into": f"yearbooks/{NAME}"},
        ],
    }
    return Source.model_validate({**facts, **change})


def get(upstream: Upstream, landing: Path, **options: Any) -> Fetched:
    change = options.pop("change", {})
    options.setdefault("address", str(upstream.folder))
    return fetch(source(upstream, **change), landing, **options)


def contents(landing: Path) -> dict[str, str]:
    return {
        str(path.relative_to(landing)): path.read_text(encoding="utf-8")
        for path in sorted(landing.rglob("*"))
        if path.is_file() and "origins" not in path.parts
    }


EXPECTED = {
    f"reports/{NAME}/政府工作报告/江苏省/2021.md": "# 江苏省 2021\n芯片",
    f"reports/{NAME}/政府工作报告/江苏省/2022 (1).md": "二〇二二",
    f"reports/{NAME}/政府工作报告/空 格.md": "",
    f"yearbooks/{NAME}/raw-2020.csv": "地区,值\n江苏,1\n",
}


@pytest.mark.parametrize("form", ["path", "file", "bare"])
def test_the_useful_files_arrive_at_the_pinned_commit(
    upstream: Upstream, landing: Path, form: str, tmp_path: Path
) -> None:
    upstream.write("政府工作报告/江苏省/2021.md", "changed later")
    upstream.commit()
    address = str(upstream.folder)
    if form == "file":
        address = f"file://{address}"
    if form == "bare":
        address = str(tmp_path / "bare.git")
        upstream.git("clone", "--quiet", "--bare", ".", address)
    done = get(upstream, landing, address=address)
    assert (done.status, done.skipped) == ("fetched", [])
    assert contents(landing) == EXPECTED
    assert not (landing / ".xinku-fetch").exists()
    facts = yaml.safe_load(done.record.read_text(encoding="utf-8"))
    assert (facts["commit"], facts["n_files"]) == (upstream.first, 4)
    assert facts["tree"] == upstream.git("rev-parse", f"{upstream.first}^{{tree}}")
    assert {"producer", "title", "address", "licence", "accessed_on", "checksum"} <= set(facts)
    assert facts["fetched_from"] == address
    sums = (landing / "origins" / f"{NAME}.sha256").read_bytes()
    assert facts["checksum"] == f"sha256:{hashlib.sha256(sums).hexdigest()}"
    if shutil.which("sha256sum"):
        checked = ["sha256sum", "--check", "--quiet", f"origins/{NAME}.sha256"]
        assert subprocess.run(checked, cwd=landing, check=False).returncode == 0


def test_the_walk_of_a_build_sees_the_reports_and_nothing_else(
    upstream: Upstream, landing: Path
) -> None:
    get(upstream, landing)
    assert {file.relative for file in walk(landing)} == {p for p in EXPECTED if "reports" in p}


def test_a_second_run_verifies_and_needs_no_repository(upstream: Upstream, landing: Path) -> None:
    get(upstream, landing)
    shutil.rmtree(upstream.folder)
    assert get(upstream, landing).status == "verified"
    assert fetch(source(upstream), landing).status == "verified"


def test_the_beginning_of_a_commit_and_a_commit_off_the_branches_are_found(
    upstream: Upstream, landing: Path
) -> None:
    upstream.write("政府工作报告/江苏省/2021.md", "on main")
    upstream.commit()
    done = get(upstream, landing, change={"commit": upstream.first[:7]})
    assert done.origin.commit == upstream.first
    assert get(upstream, landing, change={"commit": upstream.first[:7]}).status == "verified"


def test_a_server_that_gives_no_single_commit_is_asked_for_all(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.write("x", "later")
    upstream.commit()
    fetched = git_module.Repository._fetch

    def refuse(self: Any, address: str, wanted: Any, percent: Any, *options: str) -> None:
        if options:
            raise GitError("unadvertised object")
        fetched(self, address, wanted, percent, *options)

    monkeypatch.setattr(git_module.Repository, "_fetch", refuse)
    assert get(upstream, landing).origin.commit == upstream.first


def test_a_source_without_a_pin_wants_a_commit(upstream: Upstream, landing: Path) -> None:
    with pytest.raises(UsageError, match="no pinned commit"):
        get(upstream, landing, change={"commit": None})
    done = get(upstream, landing, change={"commit": None}, commit="HEAD")
    assert done.origin.commit == upstream.first
    assert get(upstream, landing, change={"commit": None}).status == "verified"


def test_a_commit_that_is_not_there_copies_nothing(upstream: Upstream, landing: Path) -> None:
    for wrong in ("0" * 40, "0123456"):
        with pytest.raises(GitError, match=f"no commit {wrong}"):
            get(upstream, landing, change={"commit": wrong})
    with pytest.raises(GitError):
        get(upstream, landing, commit=upstream.git("rev-parse", "HEAD:README.md"))
    with pytest.raises(GitError, match="could not be fetched"):
        get(upstream, landing, address=str(landing))
    assert [path.name for path in landing.iterdir()] == ["reports"]
    assert not any((landing / "reports").iterdir())


def test_another_commit_than_the_one_there_is_not_mixed_in(
    upstream: Upstream, landing: Path
) -> None:
    get(upstream, landing)
    upstream.write("政府工作报告/江苏省/2021.md", "second")
    second = upstream.commit()
    with pytest.raises(UsageError, match=f"at commit {upstream.first[:12]}, not {second[:12]}"):
        get(upstream, landing, commit=second)
    assert contents(landing) == EXPECTED


def test_an_altered_file_is_named_and_left_alone(upstream: Upstream, landing: Path) -> None:
    get(upstream, landing)
    altered = landing / f"reports/{NAME}/政府工作报告/江苏省/2021.md"
    altered.write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match=r"江苏省/2021\.md of local-corpus changed"):
        get(upstream, landing)
    assert altered.read_text(encoding="utf-8") == "mine"
    altered.unlink()
    assert get(upstream, landing).status == "fetched"
    assert contents(landing) == EXPECTED


def test_an_altered_record_is_not_believed(upstream: Upstream, landing: Path) -> None:
    done = get(upstream, landing)
    sums = landing / "origins" / f"{NAME}.sha256"
    sums.write_bytes(sums.read_bytes().replace(b"0", b"1"))
    with pytest.raises(UsageError, match="is not the one it was written with"):
        get(upstream, landing)
    done.record.write_text("- nonsense", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be used"):
        get(upstream, landing)


def test_a_file_of_the_users_is_never_overwritten(upstream: Upstream, landing: Path) -> None:
    own = landing / f"reports/{NAME}/政府工作报告/江苏省/2021.md"
    own.parent.mkdir(parents=True)
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="would be overwritten"):
        get(upstream, landing)
    assert contents(landing / "reports") == {str(own.relative_to(landing / "reports")): "mine"}
    own.write_text(FILES["政府工作报告/江苏省/2021.md"], encoding="utf-8")
    beside = own.with_name("notes.txt")
    beside.write_text("mine", encoding="utf-8")
    assert get(upstream, landing).status == "fetched"
    assert contents(landing) == {**EXPECTED, str(beside.relative_to(landing)): "mine"}


def test_nothing_is_written_through_a_link(
    upstream: Upstream, landing: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (landing / "reports" / NAME).symlink_to(outside, target_is_directory=True)
    with pytest.raises(UsageError, match="is a link"):
        get(upstream, landing)
    assert not any(outside.iterdir())


def test_links_other_repositories_and_lfs_pointers_stay_behind(
    upstream: Upstream, landing: Path
) -> None:
    (upstream.folder / "政府工作报告" / "link.md").symlink_to("/etc/passwd")
    upstream.write("政府工作报告/large.md", "version https://git-lfs.github.com/spec/v1\noid x\n")
    upstream.write("政府工作报告/run.md", "run")
    (upstream.folder / "政府工作报告" / "run.md").chmod(0o755)
    upstream.git("add", "--all")
    gitlink = f"160000,{upstream.first},政府工作报告/sub.md"
    upstream.git("update-index", "--add", "--cacheinfo", gitlink)
    upstream.git("commit", "--quiet", "-m", "two")
    head = upstream.git("rev-parse", "HEAD")
    done = get(upstream, landing, commit=head)
    assert sorted(Path(path).name for path in done.skipped) == ["large.md", "link.md", "sub.md"]
    folder = landing / f"reports/{NAME}/政府工作报告"
    assert {p.name for p in folder.iterdir()} == {"江苏省", "空 格.md", "run.md"}
    assert not os.access(folder / "run.md", os.X_OK)


def test_hooks_filters_and_settings_of_the_repository_do_nothing(
    upstream: Upstream, landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = tmp_path / "flag"
    for hook in ("post-checkout", "pre-upload", "reference-transaction", "post-merge"):
        path = upstream.folder / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\ntouch '{flag}'\n")
        path.chmod(0o755)
    upstream.write(".gitattributes", "*.md filter=evil text eol=crlf\n")
    upstream.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n')
    head = upstream.commit()
    template = tmp_path / "template" / "hooks"
    template.mkdir(parents=True)
    (template / "reference-transaction").write_text(f"#!/bin/sh\ntouch '{flag}'\n")
    (template / "reference-transaction").chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(template.parent))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    flag.unlink(missing_ok=True)
    get(upstream, landing, commit=head)
    assert contents(landing) == EXPECTED
    assert not flag.exists()


def hostile_commit(upstream: Upstream, name: bytes) -> str:
    """A commit whose tree git's own commands would not write."""

    def put(kind: str, data: bytes) -> str:
        done = subprocess.run(
            ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
            cwd=upstream.folder,
            input=data,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    blob = put("blob", b"x")
    inner = put("tree", b"100644 " + name + b"\0" + bytes.fromhex(blob))
    tree = put("tree", b"40000 " + "政府工作报告".encode() + b"\0" + bytes.fromhex(inner))
    head = upstream.git("commit-tree", tree, "-m", "hostile")
    upstream.git("update-ref", "refs/heads/hostile", head)
    return head


@pytest.mark.parametrize("name", [b"a/../../../x.md", b"..\\x.md", b"x\n.md", b"\xff.md"])
def test_a_path_that_leads_out_copies_nothing(
    upstream: Upstream, landing: Path, name: bytes
) -> None:
    head = hostile_commit(upstream, name)
    with pytest.raises((SourceError, GitError)):
        get(upstream, landing, commit=head)
    assert not any((landing / "reports").iterdir())
    assert not list(landing.parent.rglob("x.md"))


def test_two_files_for_one_place_and_sizes_out_of_bounds_are_refused(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstream.write("政府工作报告/a.md", "1")
    upstream.write("政府工作报告/A.md", "2")
    head = upstream.commit()
    if len(list((upstream.folder / "政府工作报告").glob("[aA].md"))) == 2:
        with pytest.raises(SourceError, match="two files for"):
            get(upstream, landing, commit=head)
    monkeypatch.setattr("orchestration.sources.fetching.MAX_TOTAL_BYTES", 10)
    with pytest.raises(SourceError, match="too large"):
        get(upstream, landing)
    with pytest.raises(SourceError, match="none of the files"):
        get(upstream, landing, change={"parts": [{"include": ["no"], "into": f"reports/{NAME}"}]})


def test_a_repository_without_end_is_stopped(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "_LOOK_SECONDS", -1.0)
    program = landing.parent / "slow"
    program.write_text("#!/bin/sh\nsleep 30\n")
    program.chmod(0o755)
    repository = git_module.Repository(landing / "git", limit=10)
    repository.create()
    monkeypatch.setattr(repository, "_program", str(program))
    began = time.monotonic()
    with pytest.raises(GitError, match="larger than"):
        repository._fetch(str(upstream.folder), ["HEAD"], lambda _: None)
    assert time.monotonic() - began < 10


def test_a_damaged_object_is_found(upstream: Upstream, landing: Path) -> None:
    object_id = upstream.git("rev-parse", "HEAD:README.md")
    path = upstream.folder / ".git" / "objects" / object_id[:2] / object_id[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    with pytest.raises(GitError):
        get(upstream, landing)
    assert not any((landing / "reports").iterdir())


def test_without_git_one_sentence_says_so(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(landing))
    with pytest.raises(GitError, match="git is not installed"):
        get(upstream, landing)
    assert not (landing / ".xinku-fetch").exists()


def test_a_full_disk_or_a_folder_without_rights_is_one_sentence(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(UsageError, match="cannot be written to: Permission denied"):
        get(upstream, landing)


PROGRAM = """
import sys
from pathlib import Path
from orchestration.sources import fetch, git
from orchestration.sources.catalogue import Source
class Slow:
    def stage(self, name, total=None):
        print(name, flush=True)
        if sys.argv[4] in name:
            sys.stdin.read()
    def advance(self, count=1): pass
fetch(Source.model_validate_json(sys.argv[1]), Path(sys.argv[2]), address=sys.argv[3], progress=Slow())
"""


@pytest.mark.parametrize("stage", ["Fetching", "Checking", "Copying", "Moving"])
def test_killed_at_any_stage_the_next_run_finishes(
    upstream: Upstream, landing: Path, stage: str
) -> None:
    kill_at(upstream, landing, stage)
    assert not any((landing / "reports").iterdir()), "a build must never see half of it"
    before = (landing / ".xinku-fetch" / NAME / "complete").exists()
    assert before == (stage in ("Copying", "Moving"))
    if before:
        # What was transferred whole is not transferred again.
        shutil.move(upstream.folder / ".git", upstream.folder / "away")
    assert get(upstream, landing).status == "fetched"
    assert contents(landing) == EXPECTED
    assert not (landing / ".xinku-fetch").exists()


def kill_at(upstream: Upstream, landing: Path, stage: str) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            PROGRAM,
            source(upstream).model_dump_json(),
            str(landing),
            str(upstream.folder),
            stage,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if stage in line:
                break
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_killed_while_git_transfers_the_next_run_finishes(
    upstream: Upstream, landing: Path, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        'for a in "$@"; do case "$a" in --git-dir=*) dir=${a#--git-dir=};; esac; done\n'
        'case "$*" in *" fetch "*)\n'
        '  echo half > "$dir/objects/pack/tmp_pack_x"; touch "$dir/shallow.lock"\n'
        "  echo 'Receiving objects:  45% (1/2)' >&2; exec sleep 60;; esac\n"
        f'exec {shutil.which("git")} "$@"\n'
    )
    program.chmod(0o755)
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            PROGRAM,
            source(upstream).model_dump_json(),
            str(landing),
            str(upstream.folder),
            "never",
        ],
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not list(landing.rglob("shallow.lock")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert get(upstream, landing).status == "fetched"
    assert contents(landing) == EXPECTED


def test_killed_between_moving_and_recording_the_next_run_records(
    upstream: Upstream, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("orchestration.sources.fetching.write_origin", crash)
        with pytest.raises(KeyboardInterrupt):
            get(upstream, landing)
    assert (landing / "reports" / NAME).is_dir()
    assert get(upstream, landing).status == "fetched"
    assert contents(landing) == EXPECTED
    assert get(upstream, landing).status == "verified"


def test_a_half_copied_file_is_copied_again(upstream: Upstream, landing: Path) -> None:
    kill_at(upstream, landing, "Moving")
    (staged,) = (landing / ".xinku-fetch" / NAME / "files").rglob("2021.md")
    staged.write_text("half", encoding="utf-8")
    get(upstream, landing)
    assert contents(landing) == EXPECTED


def test_two_fetches_at_once_do_not_meet(upstream: Upstream, landing: Path) -> None:
    seen: list[str] = []

    class Second:
        def stage(self, name: str, total: int | None = None) -> None:
            if "Copying" in name:
                with pytest.raises(SourceError, match="is running"):
                    get(upstream, landing)
                seen.append(name)

        def advance(self, count: int = 1) -> None:
            pass

    assert get(upstream, landing, progress=Second()).status == "fetched"
    assert seen


def test_the_command_fetches_and_then_verifies(
    upstream: Upstream, landing: Path, xinku: Xinku, tmp_path: Path
) -> None:
    upstream.write("data/Corpus/1954.txt", "一九五四")
    upstream.commit()
    call = ["sources", "fetch", "repeated-texts", "--into", landing.name]
    call += ["--from", upstream.folder.name]
    wrong = xinku(*call, cwd=tmp_path)
    assert wrong.returncode == 1
    assert "has no commit 20fd7c84" in wrong.stderr and "Traceback" not in wrong.stderr
    done = xinku(*call, "--commit", "HEAD", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Fetched repeated-texts" in done.stdout and "Licence as stated" in done.stdout
    assert "Copying files" in done.stderr
    assert (landing / "reports/repeated-texts/1954.txt").read_text(encoding="utf-8") == "一九五四"
    again = xinku(*call, "--commit", "HEAD", cwd=tmp_path)
    assert "Already there, verified" in again.stdout
