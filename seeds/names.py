"""Invented names of people, villages and shops: each follows from its number and nothing else.

No name means anybody. Surnames are weighted roughly as they are heard in Guizhou, those of its
苗, 布依, 侗, 水, 彝, 仡佬 and 土家 people among them.
"""

from __future__ import annotations

from itertools import product

SURNAMES_BY_WEIGHT = {
    60: "杨",
    48: "王张李",
    36: "陈吴罗刘",
    24: "黄周龙赵田",
    16: "潘韦石何谢徐蒋邓余陆",
    12: "胡唐彭冯曾蒙肖任姚许郑",
    9: "朱安袁孙宋熊吕马冉莫岑向雷梁文谭钟申卢",
    6: "覃郭顾姜廖范秦林汪蔡夏代龚班付丁高方侯黎万叶严鄢敖滕",
    4: "欧伍粟勾穆麻禄陇梅兰骆柏饶江贺段邹蒲舒简查尹毛施娄犹聂",
}
COMPOUND_SURNAMES = ("令狐", "欧阳", "上官")

GIVEN_NAMES = {
    "elder": (
        ("光明世万兴昭开成启仕登绍应顺治宗", "华祥福林才云忠富发荣昌良全银学"),
        ("秀桂玉凤美素珍菊翠银金先明应", "英兰芳香莲花芬琼仙群梅碧容珍秀"),
        "富贵荣芬琼芳祥珍",
    ),
    "middle": (
        ("志文海光忠胜江云晓世成贵永朝", "兵勇林涛斌飞华松辉江祥武"),
        ("丽小晓海艳红云美金玉雪继光春", "霞艳梅琴丽敏娟燕芳群蓉玲红"),
        "艳丽霞敏燕琴娟飞超斌江梅松",
    ),
    "young": (
        ("子浩宇俊嘉梓天明佳星智晨", "轩豪然涵阳航辰睿凡霖彬楷"),
        ("欣雨思梓诗语佳雅梦可依心", "怡涵琪彤婷悦萱妍瑶蕊琳雯"),
        "婷倩雪颖航阳鑫萌豪琳宇",
    ),
}
"""Per generation: the two halves of men's and of women's names, and names of one character."""

VILLAGE_FIRST = "杉枫桐椿蕨楠棕箐麂雀鹭獭藤柿栎杨蓼硐塘瓦磨碾砂霜雾晒望歇拢绕摆董翁羊谷榉"
VILLAGE_SECOND = "坝寨坪湾冲坳垭沟塘田坡岭溪井洞关垅坎脚屯堡厂林榜"
SHOP_SIGNS = (
    *("顺发", "兴旺", "家和", "惠民", "福源", "永顺", "鑫隆", "万家", "春晖", "好邻", "田园"),
    *("金穗", "山里红", "老乡亲", "满意", "吉祥", "宏发", "众悦", "便利佳", "禾丰", "心连心"),
    *("清水", "百姓", "向阳"),
)
SHOPS = {
    "{sign}便民超市": 7,
    "{sign}小卖部": 4,
    "{sign}百货店": 3,
    "{sign}副食店": 2,
    "{sign}农资店": 3,
    "{place}农资服务部": 1,
    "{place}卫生室": 2,
    "{place}村委会服务站": 3,
    "{place}电商服务点": 1,
}
"""What a service point's shop is called, and out of 26 how many are."""


def person_name(number: int, birth_year: int = 1970) -> str:
    """Return the name of person ``number``, one that people of that birth year have.

    >>> person_name(8, birth_year=1948), person_name(8, birth_year=2001)
    ('刘登荣', '刘梦萱')
    """
    mixed = _mixed(number)
    given = _YOUNG if birth_year >= 1992 else _MIDDLE if birth_year >= 1965 else _ELDER
    return _SURNAMES[mixed % len(_SURNAMES)] + given[(mixed >> 24) % len(given)]


def village_name(number: int) -> str:
    """Return the name of village ``number``; 800 numbers in a row give 800 names.

    >>> village_name(7)
    '楠洞村'
    """
    return _VILLAGES[number * _STRIDE % len(_VILLAGES)]


def shop_name(number: int, place: str | None = None) -> str:
    """Return the name of shop ``number``; one run by its village bears ``place``'s name.

    >>> shop_name(1, place="杉坪村"), shop_name(4, place="杉坪村")
    ('杉坪村委会服务站', '杉坪卫生室')
    """
    mixed = _mixed(number)
    sign = SHOP_SIGNS[(mixed >> 24) % len(SHOP_SIGNS)]
    village = (place or village_name(number)).removesuffix("村")
    return _SHOPS[mixed % len(_SHOPS)].format(sign=sign, place=village)


def _mixed(number: int) -> int:
    """Return 64 bits that look random, so that neighbors get unlike names."""
    mixed = number * 0x9E37_79B9_7F4A_7C15 & 0xFFFF_FFFF_FFFF_FFFF
    return (mixed ^ mixed >> 29) * 0xBF58_476D_1CE4_E5B9 >> 20 & 0xFFFF_FFFF_FFFF


def _given_names(generation: str) -> tuple[str, ...]:
    """Return a generation's given names; one in six or so has a single character."""
    men, women, singles = GIVEN_NAMES[generation]
    pairs = [a + b for halves in (men, women) for a, b in product(*halves) if a != b]
    return (*pairs, *singles * (len(pairs) // 5 // len(singles)))


_SURNAMES = (
    *(surname for weight, row in SURNAMES_BY_WEIGHT.items() for surname in row * weight),
    *COMPOUND_SURNAMES * 2,
)
_ELDER, _MIDDLE, _YOUNG = (_given_names(generation) for generation in GIVEN_NAMES)
_VILLAGES = tuple(f"{a}{b}村" for a, b in product(VILLAGE_FIRST, VILLAGE_SECOND) if a != b)
_STRIDE = 389  # a prime that does not divide the number of names: all come before one returns
_SHOPS = tuple(shop for shop, weight in SHOPS.items() for _ in range(weight))
