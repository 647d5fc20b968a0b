"""not_a_report: what lies beside reports and looks like them, and reports that look unlike one."""

from __future__ import annotations

import pytest
from speeches import judged, rules, speech

SENTENCE = "我们坚持稳中求进工作总基调，统筹发展和安全，全市经济社会各项事业取得了新的进展。"
PROSE = "\n\n".join([SENTENCE * 3] * 12)
MEETING = "——2019年1月10日在安庆市第十七届人民代表大会第三次会议上"
TERMS = "\n".join(
    f"{n}.“工程{n}”：是指市委、市政府实施的第{n}项工程，包括道路、学校、医院。"
    for n in range(1, 40)
)
BODY = speech(head="", own="市").split("各位代表：", 1)[1]

OTHERS = {
    "resolution": f"安庆市第十七届人民代表大会第三次会议关于政府工作报告的决议\n\n会议听取和审议了市长所作的政府工作报告，决定批准这个报告。{SENTENCE}",
    "resolution without title": f"安庆市第十七届人民代表大会第三次会议，审议了市长代表市人民政府所作的政府工作报告。会议决定批准这个报告。{SENTENCE * 4}",
    "word list": f"2019年政府工作报告名词解释\n\n{TERMS}",
    "bare word list": TERMS,
    "news": f"本报讯（记者 张某）1月10日上午，市第十七届人民代表大会第三次会议开幕。市长李某作政府工作报告。\n\n李某在报告中指出，{SENTENCE * 5}",
    "news of a debate": f"安庆新闻网讯 昨日，各代表团讨论审议政府工作报告。代表们认为，{SENTENCE * 8}",
    "plan": f"关于安庆市2018年国民经济和社会发展计划执行情况与2019年计划草案的报告\n\n{MEETING}\n\n各位代表：\n\n受市人民政府委托，现将计划执行情况提请审议。\n\n{PROSE}",
    "plan without title": f"各位代表：\n\n受市人民政府委托，现将安庆市2018年国民经济和社会发展计划执行情况报告如下，请予审议。\n\n{PROSE}",
    "budget": f"关于安庆市2018年财政预算执行情况和2019年财政预算草案的报告\n\n{MEETING}\n\n安庆市财政局局长\n\n各位代表：\n\n受市人民政府委托，现报告预算执行情况。\n\n{PROSE}",
    "standing committee": f"安庆市人民代表大会常务委员会工作报告\n\n{MEETING}\n\n各位代表：\n\n我受市人大常务委员会委托，向大会报告工作，请予审议。\n\n{PROSE}",
    "standing committee without title": f"各位代表：\n\n现在，我代表市人大常委会向大会报告工作，请予审议。\n\n{PROSE}",
    "court": f"安庆市中级人民法院工作报告\n\n各位代表：\n\n现在，我代表市中级人民法院向大会报告工作，请予审议。\n\n{PROSE}",
    "procuratorate": f"各位代表：\n\n现在，我代表安庆市人民检察院向大会报告工作，请予审议。\n\n{PROSE}",
    "consultative conference": f"各位委员：\n\n我代表政协安庆市第十四届委员会常务委员会，向大会报告工作，请予审议。\n\n{PROSE}",
    "party congress": f"——在中国共产党安庆市第十二次代表大会上的报告\n\n同志们：\n\n现在，我代表中国共产党安庆市第十一届委员会向大会作报告。\n\n{PROSE}",
    "party committee": f"同志们：\n\n现在，我代表市委常委会向全会报告工作。\n\n{PROSE}",
    "explanation": f"关于《政府工作报告（征求意见稿）》起草情况的说明\n\n现将有关情况说明如下：\n\n{PROSE}",
    "interpretation": f"2019年政府工作报告解读\n\n1月10日，市长作政府工作报告。\n\n{PROSE}",
    "division of tasks": f"关于印发2019年政府工作报告重点工作任务分解方案的通知\n\n各县（市、区）人民政府：\n\n{PROSE}",
    "outline of a plan": f"安庆市国民经济和社会发展第十三个五年规划纲要\n\n第一章 发展基础\n\n{PROSE}",
    "communique": f"安庆市2018年国民经济和社会发展统计公报\n\n安庆市统计局\n\n{PROSE}",
    "department": f"安庆市教育局2018年工作总结和2019年工作要点\n\n{PROSE}",
    "half year": f"关于2019年上半年政府工作情况的报告\n\n主任、各位副主任：\n\n{PROSE}",
    "disclosure": f"安庆市人民政府2018年政府信息公开工作年度报告\n\n{PROSE}",
    "title only": f"安庆市2019年政府工作报告\n\n{MEETING}\n\n安庆市市长",
    "table of contents": "政府工作报告\n\n目录\n\n" + "\n".join(f"（{n}）着力推动各项事业健康发展" for n in "一二三四五六七八九十" * 6),
    "nothing of the kind": "今天天气很好。" * 400,
}  # fmt: skip

REPORTS = {
    "notice above": f"安庆市人民政府关于印发2019年政府工作报告的通知\n\n各县（市、区）人民政府：现印发给你们。\n\n政府工作报告\n\n{MEETING}\n\n各位代表：{BODY}",
    "news above": f"市十七届人大三次会议昨日开幕，市长李某作政府工作报告。以下为报告全文。\n\n各位代表：{BODY}",
    "plan outline delivered as the report": f"关于安庆市国民经济和社会发展第十三个五年规划纲要（草案）的报告\n\n{MEETING}\n\n各位代表：{BODY}",
    "reviewed with plan and budget": f"各位代表：{BODY}".replace("请予审议", "请连同《安庆市国民经济和社会发展第十三个五年规划纲要（草案）》和计划、预算报告一并审议"),
    "deputy mayor": f"政府工作报告\n\n各位代表：{BODY}".replace("我代表市人民政府，向大会报告工作", "我受市人民政府委托，向大会作政府工作报告"),
    "area": f"政府工作报告\n\n——2019年1月10日在地区工作会议上\n\n同志们：{BODY}".replace("我代表市人民政府", "我代表地区行署"),
    "draft": f"政府工作报告（征求意见稿）\n\n各位代表：{BODY}",
    "no head": BODY.lstrip().split("\n", 1)[1],
    "greeting only": f"各位代表：\n\n{BODY.lstrip().split(chr(10), 1)[1]}",
    "papers of the congress": f"安庆市第十七届人民代表大会第三次会议文件（一）\n\n政府工作报告\n\n各位代表：{BODY}",
    "last year's resolution": f"各位代表：\n\n我报告执行《关于政府工作报告的决议》的情况，请予审议。{BODY}",
    "with its word list": f"政府工作报告\n\n各位代表：{BODY}\n\n名词解释\n\n{TERMS}",
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_report_is_not_counted(kind: str) -> None:
    (finding,) = judged(OTHERS[kind]).findings
    assert (finding.rule, finding.severity) == ("not_a_report", "error")
    assert finding.hint


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_in_an_unusual_dress_is_a_report(kind: str) -> None:
    identity = judged(REPORTS[kind], title="2019年政府工作报告")
    assert rules(identity) == []


def test_the_name_of_a_word_list_is_enough_where_nobody_speaks() -> None:
    assert rules(judged(TERMS, "reports/安庆市/2019年政府工作报告名词解释.md")) == ["not_a_report"]


def test_the_name_of_a_report_with_its_word_list_is_not() -> None:
    path = "reports/安庆市/2019年政府工作报告（附名词解释）.md"
    assert rules(judged(REPORTS["with its word list"], path)) == []
