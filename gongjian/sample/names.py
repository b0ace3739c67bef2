"""Made-up names and codes. Each says 样例 (sample) or YL, so that none can be taken for a real one."""

from collections import Counter

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"

# What firms make or trade in: the word in the name, the section of GB/T 4754, how often it stands beside the others.
EVERYWHERE = (
    ("商贸", "F", 16),
    ("餐饮", "H", 7),
    ("建筑", "E", 6),
    ("物流", "G", 5),
    ("信息", "I", 4),
    ("农业", "A", 4),
    ("置业", "K", 2),
    ("家政", "O", 4),
    ("咨询", "L", 5),
    ("机械", "C", 9),
    ("包装", "C", 5),
)
OF_COUNTY = {
    "越城": (("黄酒", "C", 8), ("电子", "C", 14), ("软件", "I", 9), ("旅游", "R", 5)),
    "柯桥": (("纺织", "C", 30), ("印染", "C", 12), ("轻纺", "F", 18)),
    "上虞": (("伞业", "C", 12), ("化工", "C", 14), ("照明", "C", 9)),
    "诸暨": (("五金", "C", 16), ("袜业", "C", 12), ("铜业", "C", 6)),
    "嵊州": (("领带", "C", 14), ("厨具", "C", 12), ("茶业", "A", 6)),
    "新昌": (("轴承", "C", 14), ("制药", "C", 7), ("茶业", "A", 8)),
}
OF_TOWN = {
    "大唐": (("袜业", "C", 90),),
    "草塔": (("袜业", "C", 60),),
    "山下湖": (("珍珠", "C", 120),),
    "店口": (("五金", "C", 80), ("管业", "C", 30)),
    "枫桥": (("衬衫", "C", 60),),
    "崧厦": (("伞业", "C", 110),),
    "钱清": (("化纤", "C", 50),),
    "马鞍": (("印染", "C", 60),),
    "柯桥": (("轻纺", "F", 80),),
    "儒岙": (("胶丸", "C", 50),),
    "甘霖": (("领带", "C", 40),),
}
LATER_WORDS = {"袜业": "针织", "纺织": "家纺", "轻纺": "面料", "五金": "管业", "商贸": "贸易", "机械": "智能装备"}

_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Names:
    """Gives each made-up person and firm a name of its own, in order, so that the same city has the same names."""

    def __init__(self) -> None:
        self._people = 0
        self._firms: Counter[str] = Counter()

    def person(self) -> str:
        self._people += 1
        number, surname = divmod(self._people, len(SURNAMES))
        return f"{SURNAMES[surname]}样例{number:04d}"

    def numbered(self, stem: str) -> str:
        """诸暨大唐样例袜业 → 诸暨大唐样例袜业0173."""
        self._firms[stem] += 1
        return f"{stem}{self._firms[stem]:04d}"


def trades_of(county: str, town: str) -> tuple[list[tuple[str, str]], list[int]]:
    """The words for the firms of a town, with the section of each, and their weights."""
    found = (*EVERYWHERE, *OF_COUNTY.get(county, ()), *OF_TOWN.get(town, ()))
    return [(word, trade) for word, trade, _ in found], [weight for _, _, weight in found]


def credit_code(number: int, *, department: str, region: str) -> str:
    """A unified social credit code (GB 32100-2015) with right check characters.

    `department` is its first two characters (91 enterprise, 93 co-operative, 12 institution, 11 agency, 51
    association). The organisation code inside begins with YL, which no real one does.
    """
    organisation = f"YL{number:06d}"
    total = sum(_ORGANISATION.index(c) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    body = f"{department}{region}{organisation}{'X' if check == 10 else check}"
    return body + credit_check(body)


def credit_check(first_17: str) -> str:
    """The 18th character of a unified social credit code."""
    total = sum(_CODE.index(c) * w for c, w in zip(first_17, _CODE_WEIGHTS, strict=True))
    return _CODE[(31 - total % 31) % 31]
