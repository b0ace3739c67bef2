"""What the columns of an officer's table hold, guessed from their headings.

A guess is offered for correction, so it is made only where the heading leaves little doubt.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .cells import text

Kind = Literal["units", "bodies"]
Reads = Literal["text", "code", "credit_code", "day", "count", "choice", "several"]


@dataclass(frozen=True)
class Field:
    """One thing a column can hold. `headings`: the usual ones, the surest first."""

    key: str
    label: str | Promise
    reads: Reads
    headings: tuple[str, ...]
    is_required: bool = False


def _field(key: str, label: str | Promise, reads: Reads, headings: str, is_required: bool = False) -> Field:
    """`headings` are separated by blanks; a blank inside an English heading is written as _."""
    spelled = dict.fromkeys([key, *headings.split()])
    return Field(key, label, reads, tuple(each.replace("_", " ") for each in spelled), is_required)


UNIT_FIELDS = (
    _field(
        "code", _("Code"), "code",
        "统计代码 单位代码 区划代码 行政区划代码 统计用区划代码 代码 编码 单位编码 编号 单位编号 "
        "村社代码 村代码 地区代码 unit_code statistical_code division_code id",
    ),
    _field(
        "credit_code", _("Credit code"), "credit_code",
        "统一社会信用代码 社会信用代码 信用代码 统一信用代码 机构代码 组织机构代码 企业信用代码 "
        "单位信用代码 统一代码 统一社会信用代码证号 营业执照号 营业执照号码 社会统一信用代码 "
        "unified_social_credit_code social_credit_code uscc",
    ),
    _field(
        "name", _("Name of the unit"), "text",
        "单位名称 单位全称 企业名称 企业全称 公司名称 名称 全称 机构名称 单位 企业 单位详细名称 "
        "法人单位名称 法人单位详细名称 用人单位名称 用人单位 村社名称 村（社区）名称 村名 社区名称 "
        "unit_name name_of_unit name_of_the_unit company company_name full_name employer enterprise",
        is_required=True,
    ),
    _field(
        "kind", _("Kind of unit"), "choice",
        "单位类别 单位类型 单位种类 机构类型 机构类别 类别 类型 层级 级别 单位层级 unit_kind kind_of_unit "
        "type level",
    ),
    _field(
        "parent_code", _("Code of the parent"), "code",
        "上级代码 上级单位代码 上级编码 所属村社代码 所在村社代码 所属代码 隶属代码 所在区划代码 "
        "所属区划代码 上级区划代码 所在镇街代码 所属镇街代码 父级代码 code_of_parent code_of_the_parent",
    ),
    _field(
        "parent_name", _("Name of the parent"), "text",
        "所属村社 所在村社 所属村（社区） 所在村（社区） 所属村/社区 所在村/社区 所属社区 所在社区 "
        "所属村 所在村 所在地 上级单位 上级单位名称 上级名称 上级 隶属 隶属关系 隶属单位 所属 "
        "所属单位 所属地 所属区域 属地 所在区域 所在镇街 所属镇街 所在镇（街道） 所属镇（街道） "
        "所属乡镇 所在乡镇 所属街道 所在街道 镇街 镇（街道） 乡镇街道 乡镇 街道 镇街名称 街道名称 "
        "乡镇名称 村社 村（社区） 村 社区 主管单位 主管部门 父级 parent name_of_parent name_of_the_parent "
        "belongs_to town street",
    ),
    _field(
        "status", _("Status"), "choice",
        "状态 单位状态 经营状态 营业状态 登记状态 企业状态 运行状态 存续状态 在营状态 unit_status",
    ),
    _field(
        "trade", _("Trade"), "choice",
        "行业 行业类别 所属行业 行业门类 行业分类 行业名称 国民经济行业 国民经济行业分类 行业代码 "
        "主营行业 industry line_of_business",
    ),
    _field(
        "sector", _("Unit type"), "choice",
        "单位性质 机构性质 企业性质 单位属性 部门类型 性质 领域 单位类型（性质） unit_type unit_sector",
    ),
    _field(
        "ownership", _("Ownership"), "choice",
        "所有制 所有制形式 经济类型 经济成分 经济性质 登记注册类型 注册类型 控股情况 企业控股情况 "
        "所有制性质 所有制类型 owner form_of_ownership registration_type",
    ),
    _field(
        "address", _("Address"), "text",
        "地址 单位地址 详细地址 经营地址 注册地址 住所 办公地址 通讯地址 企业地址 单位所在地 "
        "所在地址 单位详细地址 经营场所 生产经营地址 location",
    ),
    _field(
        "stands_in", _("Building, park or market"), "text",
        "所在楼宇 楼宇 所在园区 园区 所在市场 市场 所在楼宇园区市场 楼宇/园区/市场 "
        "所在楼宇/园区/市场 楼宇园区 所在楼宇（园区） 所属园区 所属楼宇 所属市场 楼宇名称 园区名称 "
        "市场名称 所在商圈 building_park_or_market building park market",
    ),
    _field(
        "staff", _("Staff"), "count",
        "职工总数 职工人数 职工数 从业人数 从业人员 从业人员数 从业人员总数 员工数 员工人数 员工总数 "
        "职工 职工/总数 职工/人数 职工/合计 职工/总人数 职工/小计 职工人数/总数 职工人数/合计 "
        "职工人数/小计 职工情况/总数 职工情况/职工总数 员工/总数 从业人员/总数 职工总人数 总人数 "
        "人数 用工人数 用工总数 在岗职工 在岗职工数 在职职工 在职职工数 employees headcount "
        "number_of_employees workers",
    ),
    _field(
        "women", _("Women"), "count",
        "女职工 女职工数 女职工人数 其中女性 其中女职工 其中:女职工 其中:女性 其中女 其中:女 女性 女 "
        "女性人数 女性职工 女员工 女工 女职工总数 女工人数 women_staff female female_staff",
    ),
    _field(
        "under_35", _("Under 35"), "count",
        "35岁以下 35岁及以下 35周岁以下 35周岁及以下 青年 青年职工 青年职工数 青年人数 三十五岁以下 "
        "35岁以下职工 35岁以下人数 35岁以下职工数 其中35岁以下 其中:35岁以下 青年员工 aged_under_35 "
        "staff_under_35 young",
    ),
    _field(
        "dispatched", _("Dispatched"), "count",
        "劳务派遣 劳务派遣工 劳务派遣人数 劳务派遣职工 劳务派遣人员 派遣工 派遣人数 派遣 劳务派遣数 "
        "劳务派遣职工数 dispatched_staff agency_workers dispatched_workers",
    ),
    _field(
        "migrant", _("Migrant workers"), "count",
        "外来务工 外来务工人员 农民工 农民工数 农民工人数 外来职工 新居民 外来人员 外来务工人数 "
        "外来务工人员数 外来工 其中农民工 其中:农民工 migrant_workers migrant_staff migrants",
    ),
    _field(
        "headcount_on", _("Counted on"), "day",
        "人数截至 统计日期 人数日期 截至日期 统计时间 截止日期 截止时间 数据日期 人数统计日期 "
        "填报日期 统计截止日期 as_of counted_on date_of_count",
    ),
    _field(
        "opened_on", _("Opened on"), "day",
        "成立日期 成立时间 设立日期 设立时间 注册日期 注册时间 开业日期 开业时间 登记日期 起始日期 "
        "建立日期 生效日期 启用日期 founded founded_on established established_on valid_from from "
        "opened start_date",
    ),
    _field(
        "closed_on", _("Closed on"), "day",
        "注销日期 注销时间 撤销日期 撤销时间 关闭日期 停业日期 终止日期 结束日期 吊销日期 失效日期 "
        "撤并日期 停用日期 closed dissolved dissolved_on valid_until until end_date",
    ),
)  # fmt: skip

BODY_FIELDS = (
    _field(
        "code", _("Code"), "code",
        "组织代码 组织编码 组织编号 工会代码 工会编号 代码 编码 编号 党组织代码 团组织代码 "
        "工会组织代码 工会统一社会信用代码 body_code organisation_code organization_code id",
    ),
    _field(
        "name", _("Name of the body"), "text",
        "组织名称 组织全称 工会名称 工会全称 党组织名称 团组织名称 妇联名称 妇女组织名称 "
        "基层组织名称 基层工会名称 工会组织名称 党支部名称 支部名称 团支部名称 名称 全称 组织 工会 "
        "body_name name_of_body name_of_the_body organisation organization body union",
        is_required=True,
    ),
    _field(
        "line", _("Line"), "choice",
        "条线 所属条线 组织条线 所属系统 系统 群团 群团类别 组织系统 系统类别",
    ),
    _field(
        "kind", _("Kind of body"), "choice",
        "组织类别 组织类型 组织形式 组织种类 工会类型 工会类别 类别 类型 组织层级 党组织类别 "
        "团组织类别 党组织类型 团组织类型 body_kind kind_of_body body_type type",
    ),
    _field(
        "form", _("Form of establishment"), "choice",
        "建会形式 组建形式 组建方式 建会方式 建立方式 建立形式 组建类型 建会类型 设置形式 设置方式 "
        "建组织形式 form_of_establishment established_as",
    ),
    _field(
        "seat_code", _("Code of the seat"), "code",
        "所在单位代码 所在单位信用代码 所在单位编码 所在单位统一社会信用代码 驻地代码 所在村社代码 "
        "建会单位代码 建会单位信用代码 依托单位代码 单位代码 所在地代码 统一社会信用代码 "
        "code_of_seat code_of_the_seat unit_code seat_unit_code",
    ),
    _field(
        "seat_name", _("Seat"), "text",
        "所在单位 所在单位名称 驻地 驻地单位 建会单位 建会单位名称 依托单位 依托单位名称 所在村社 "
        "所在企业 单位名称 企业名称 所在地 设在单位 所在村（社区） 所在村/社区 seat unit unit_name",
    ),
    _field(
        "superior_code", _("Code of the superior body"), "code",
        "上级组织代码 上级工会代码 上级代码 上级组织编码 上级党组织代码 上级团组织代码 上级妇联代码 "
        "上级编码 code_of_superior code_of_the_superior_body code_of_superior_body parent_code",
    ),
    _field(
        "superior_name", _("Superior body"), "text",
        "上级组织 上级工会 上级组织名称 上级工会名称 上级党组织 上级团组织 上级党组织名称 "
        "上级团组织名称 上级妇联 上级 隶属 隶属关系 隶属组织 所属工会 所属上级工会 直属上级 上级单位 "
        "superior superior_body parent parent_name",
    ),
    _field(
        "leader_code", _("Code of the leading Party body"), "code",
        "领导党组织代码 同级党组织代码 所属党组织代码 主管党组织代码 领导组织代码 党建带建组织代码 "
        "code_of_leader code_of_the_leading_party_body code_of_leading_body",
    ),
    _field(
        "leader_name", _("Leading Party body"), "text",
        "领导党组织 同级党组织 所属党组织 主管党组织 领导组织 领导党组织名称 同级党组织名称 "
        "所属党组织名称 带建党组织 所在党组织 领导单位党组织 leader leading_body leading_party_body "
        "party_body",
    ),
    _field(
        "covers", _("Covered units"), "several",
        "覆盖单位 覆盖企业 涵盖单位 涵盖企业 覆盖范围 覆盖单位名称 覆盖企业名称 覆盖单位代码 "
        "所辖单位 所辖企业 成员单位 联合单位 下属单位 包含单位 包含企业 涵盖单位名称 涵盖法人单位 "
        "covered_units units_covered members",
    ),
    _field(
        "term_from", _("Term from"), "day",
        "届期起 届期开始 届期开始日期 任期开始 任期起 任期起始 届期起始 换届日期 换届时间 本届开始 "
        "上次换届日期 上次换届时间 任期开始日期 本届起始日期 届期/起 任期/起 届期/开始 term_start "
        "start_of_term elected_on",
    ),
    _field(
        "term_until", _("Term until"), "day",
        "届期止 届满时间 届满日期 届期结束 届期结束日期 任期届满 任期结束 任期止 届满 应换届日期 "
        "应换届时间 下次换届日期 下次换届时间 任期届满日期 任期结束日期 到届日期 届期/止 任期/止 "
        "届期/结束 term_end end_of_term term_ends",
    ),
    _field(
        "opened_on", _("Founded on"), "day",
        "成立日期 成立时间 建会日期 建会时间 组建日期 组建时间 建立日期 建立时间 批准成立日期 "
        "批准成立时间 批复日期 founded_on founded established established_on valid_from from "
        "opened start_date",
    ),
    _field(
        "closed_on", _("Dissolved on"), "day",
        "撤销日期 撤销时间 注销日期 终止日期 解散日期 结束日期 撤并日期 dissolved_on dissolved closed "
        "valid_until until end_date",
    ),
)  # fmt: skip

FIELDS: dict[Kind, tuple[Field, ...]] = {"units": UNIT_FIELDS, "bodies": BODY_FIELDS}

# A heading with one of these words that the known heading has not is about something else.
_OTHER_MATTERS = [
    "电话",
    "手机",
    "联系",
    "负责",
    "法人",
    "法定",
    "备注",
    "邮编",
    "邮箱",
    "序号",
    "拼音",
    "曾用",
    "是否",
    "身份",
    "姓名",
    "性别",
    "年龄",
    "代码",
    "编码",
    "编号",
    "日期",
    "时间",
    "原",
    "简称",
    "主席",
    "书记",
    "主任",
    "代表",
    "注册资",
    "金额",
    "面积",
    "会员",
    "党员",
    "团员",
    "经费",
    "率",
    "比例",
    "上级",
    "phone",
    "contact",
    "remark",
    "note",
    "former",
    "person",
    "code",
    "date",
    "email",
    "rate",
]
_LEAST_LIKENESS = 0.86

_BRACKETS = re.compile(r"[(（\[【〔<《{][^)）\]】〕>》}]*[)）\]】〕>》}]")
_NOISE = re.compile(r"[\s*＊★:：.．·•、,，_\-—()（）\[\]【】\"“”'?？#]+")
_LEADING_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]+、|\d{1,2}[.、．)）])")


def _plain(heading: str) -> str:
    """A heading without brackets' contents, units, stars, blanks and numbering."""
    bare = _BRACKETS.sub("", _LEADING_NUMBER.sub("", text(heading).strip()))
    return _NOISE.sub("", bare).casefold() or _whole(heading)


def _whole(heading: str) -> str:
    """A heading with what stands in brackets: 村（社区） is 村社区."""
    return _NOISE.sub("", _LEADING_NUMBER.sub("", text(heading).strip())).casefold()


def _known_headings(fields: Sequence[Field]) -> dict[str, list[tuple[str, int]]]:
    known: dict[str, list[tuple[str, int]]] = {}
    for field in fields:
        for rank, heading in enumerate(field.headings):
            known.setdefault(_whole(heading), []).append((field.key, rank))
    return known


_KNOWN: dict[Kind, dict[str, list[tuple[str, int]]]] = {
    kind: _known_headings(fields) for kind, fields in FIELDS.items()
}


def guess(headers: Sequence[str], kind: Kind) -> dict[int, str]:
    """{column index: field key}: what each column holds, each field once; columns in doubt are left out."""
    offers = sorted(
        (-likeness, rank, _whole(header), column, key)
        for column, header in enumerate(headers)
        for key, (likeness, rank) in _likely_fields(header, kind).items()
    )
    found: dict[int, str] = {}
    for _likeness, _rank, _header, column, key in offers:
        if column not in found and key not in found.values():
            found[column] = key
    return dict(sorted(found.items()))


def guess_kind(headers: Sequence[str]) -> Kind | None:
    """Whether a table is of units or of bodies; None where its headings do not tell."""
    weights = {kind: _weight(headers, kind) for kind in _KNOWN}
    if weights["units"] == weights["bodies"]:
        return None
    return "units" if weights["units"] > weights["bodies"] else "bodies"


def recognised(headers: Iterable[str]) -> int:
    """How many of the headings are known for certain, as one kind or the other."""
    spelled = [set(_spellings(_whole(header), _plain(header))) for header in headers if header]
    return max(sum(not names.isdisjoint(known) for names in spelled) for known in _KNOWN.values())


def _weight(headers: Sequence[str], kind: Kind) -> int:
    """Columns that fit; a name that only this kind has counts three times; without names, none."""
    found = guess(headers, kind)
    named = next((headers[column] for column, key in found.items() if key == "name"), None)
    if named is None:
        return 0
    others = (known for other, known in _KNOWN.items() if other != kind)
    is_its_own = not any({_whole(named), _plain(named)} & known.keys() for known in others)
    return len(found) + 2 * is_its_own


def _likely_fields(header: str, kind: Kind) -> dict[str, tuple[float, int]]:
    """Fields a heading may mean: to 3 for the very words, 2–2.5 for words within, below 1 if alike."""
    known = _KNOWN[kind]
    whole, plain = _whole(header), _plain(header)
    if not plain:
        return {}
    for step, spelling in enumerate(_spellings(whole, plain)):
        if spelling in known:
            return {key: (3 - step / 10, rank) for key, rank in known[spelling]}
    within = [heading for heading in known if _stands_within(heading, plain)]
    if within:
        longest = max(within, key=lambda heading: (len(heading), heading))
        share = len(longest) / len(plain)
        return {key: (2 + share / 2, rank) for key, rank in known[longest]}
    return _alike(plain, known)


def _spellings(whole: str, plain: str) -> list[str]:
    """The ways to say a heading in full, the surest first; 职工/女 is also 职工女 and 女."""
    upper, _stroke, lower = plain.rpartition("/")
    spellings = [whole, plain, plain.replace("/", ""), plain.removeprefix("其中")]
    if upper and not any(word in upper for word in _OTHER_MATTERS):
        spellings += [upper.rpartition("/")[2] + lower, lower, lower.removeprefix("其中")]
    return spellings


def _stands_within(heading: str, plain: str) -> bool:
    long_enough = len(heading) >= (6 if heading.isascii() else 3) or len(heading) * 3 >= len(plain) * 2 > 4
    return (
        heading in plain
        and long_enough
        and len(heading) * 2 >= len(plain)
        and not any(word in plain and word not in heading for word in _OTHER_MATTERS)
    )


def _alike(plain: str, known: dict[str, list[tuple[str, int]]]) -> dict[str, tuple[float, int]]:
    near = difflib.get_close_matches(plain, known, n=1, cutoff=_LEAST_LIKENESS)
    if not near or any(word in plain and word not in near[0] for word in _OTHER_MATTERS):
        return {}
    likeness = difflib.SequenceMatcher(None, plain, near[0]).ratio()
    return {key: (likeness, rank) for key, rank in known[near[0]]}
