"""Whether one text holds two different reports, one behind the other.

Copies of one report are taken out before, in ``repetition``; what an annex repeats is no report
of its own. Cutting such a text in two is left to the user.
"""

from __future__ import annotations

import re

from orchestration.ingest.finding import Finding

_NUMERAL = "一二三四五六七八九十百零〇○0-9"
# "现在，我代表市人民政府，向大会报告工作": 1,013 of 1,070 real reports open with it.
_OPENING = re.compile(
    r"代表[^。，,\n]{0,18}(?:政府|国务院)[^。\n]{0,12}"
    r"向(?:大会|[^。\n]{2,24}会议)[^。\n]{0,14}(?:报告|审议)"
)
# "（2012年1月6日在某市第十二届人民代表大会第一次会议上）", a line of its own under the title.
_DELIVERED = re.compile(
    r"^[（(—\- \u3000*#]{0,12}"
    rf"[12][{_NUMERAL}]{{3}} ?年 ?[{_NUMERAL}]{{1,3}} ?月 ?[{_NUMERAL}]{{1,3}} ?日[ \u3000]{{0,4}}"
    rf"在?[^。；，\n]{{0,24}}第[{_NUMERAL}]{{1,4}}届[^。；，\n]{{0,12}}"
    rf"第?[{_NUMERAL}]{{1,4}}次(?:全体)?会议上?[）)—\- \u3000*]{{0,12}}$",
    re.MULTILINE,
)
# In 1,070 real reports nothing of the kind stands behind character 336, and the shortest of them
# has 5,269 characters.
_SHORTEST_REPORT = 3_000
_QUOTED = 40


def several_reports(text: str) -> Finding | None:
    """Find a second report in a text.

    Args:
        text: a report's body with one copy of what it repeats.

    Returns:
        A finding of rule ``several_reports``, severity ``warn``, where the second begins; or
        ``None``.
    """
    starts = [
        (found.start(), found.end())
        for pattern in (_OPENING, _DELIVERED)
        for found in pattern.finditer(text, _SHORTEST_REPORT)
    ]
    for start, end in sorted(starts):
        if len(text) - start >= _SHORTEST_REPORT:
            quote = "".join(text[start:end].split())[:_QUOTED]
            return Finding(
                rule="several_reports",
                severity="warn",
                evidence=f"A second report begins at character {start:,} of {len(text):,}: "
                f"“{quote}”.",
                hint="Give each report a file of its own, named after its region and year.",
                start=start,
                end=end,
            )
    return None
