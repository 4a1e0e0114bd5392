"""The names of the Ashen Passage: a grey sea, its lighthouses, and the people who keep them."""

from __future__ import annotations

from dataclasses import dataclass

from .korean import Name


@dataclass(frozen=True)
class Person:
    """Somebody who talks: name, trade, and whether in the polite or the plain form of Korean."""

    code: str
    name: Name
    trade: Name
    tone: str


def _person(number: int, code: str, korean: str, english: str, trade: str, trade_english: str, tone: str) -> Person:
    return Person(code, Name(korean, english, kind="Npc", number=number), Name(trade, trade_english), tone)


PEOPLE = (
    _person(11, "IAN", "이안", "Ian", "등대지기", "lighthouse keeper", "polite"),
    _person(12, "SORA", "소라", "Sora", "소금 상인", "salt trader", "polite"),
    _person(13, "MUJIN", "무진", "Mujin", "나룻배 사공", "ferryman", "plain"),
    _person(14, "HARYEONG", "하령", "Haryeong", "항구 어른", "harbor elder", "plain"),
    _person(15, "DOYUN", "도윤", "Doyun", "그물 수선공", "net mender", "polite"),
    _person(16, "BYEORI", "벼리", "Byeori", "별지도 제작자", "star chartmaker", "polite"),
    _person(17, "GANGTO", "강토", "Gangto", "대장장이", "blacksmith", "plain"),
    _person(18, "EUNGYEOL", "은결", "Eungyeol", "약초꾼", "herbalist", "polite"),
    _person(19, "RAON", "라온", "Raon", "수습 등대지기", "apprentice keeper", "polite"),
    _person(20, "HAEMU", "해무", "Haemu", "난파선 인양꾼", "wreck salvager", "plain"),
    _person(21, "ONSAE", "온새", "Onsae", "종지기", "bell ringer", "polite"),
    _person(22, "MIR", "미르", "Mir", "경비대장", "captain of the watch", "plain"),
)


def _places(*pairs: tuple[str, str]) -> tuple[Name, ...]:
    return tuple(
        Name(korean, english, kind="Region", number=301 + index) for index, (korean, english) in enumerate(pairs)
    )


PLACES = _places(
    ("잿빛 항구", "Ash Harbor"),
    ("세 등불 곶", "Three Lamps Cape"),
    ("가라앉은 종탑", "the Sunken Belfry"),
    ("소금밭", "the Salt Flats"),
    ("안개 여울", "Mist Shoal"),
    ("고래뼈 해변", "Whalebone Beach"),
    ("부서진 방파제", "the Broken Breakwater"),
    ("유리 동굴", "the Glass Cave"),
    ("바람 언덕", "Windward Hill"),
    ("검은 물길", "the Black Channel"),
    ("등대지기 묘지", "the Keepers' Graveyard"),
    ("난파선 골목", "Wreck Row"),
)


def _things(kind: str, first: int, *triples: tuple[str, str, str]) -> tuple[Name, ...]:
    return tuple(
        Name(korean, english, plural, kind=kind, number=first + index)
        for index, (korean, english, plural) in enumerate(triples)
    )


# What one gathers, carries and gets as a reward.
THINGS = _things(
    "Item",
    412,
    ("소금여우 털", "salt fox pelt", "salt fox pelts"),
    ("등불 기름", "flask of lamp oil", "flasks of lamp oil"),
    ("안개 이끼", "tuft of mist moss", "tufts of mist moss"),
    ("고래뼈 조각", "whalebone shard", "whalebone shards"),
    ("재 진주", "ash pearl", "ash pearls"),
    ("젖은 항해 일지", "waterlogged logbook", "waterlogged logbooks"),
    ("종의 파편", "bell fragment", "bell fragments"),
    ("유리 심지", "glass wick", "glass wicks"),
    ("검은 닻줄", "black anchor rope", "black anchor ropes"),
    ("별지도 조각", "scrap of a star chart", "scraps of a star chart"),
    ("마른 해초", "bundle of dried kelp", "bundles of dried kelp"),
    ("녹슨 열쇠", "rusted key", "rusted keys"),
)

FOES = _things(
    "Monster",
    701,
    ("재 갈매기", "ash gull", "ash gulls"),
    ("소금여우", "salt fox", "salt foxes"),
    ("안개 게", "mist crab", "mist crabs"),
    ("물그림자", "water shade", "water shades"),
    ("녹슨 파수병", "rusted sentry", "rusted sentries"),
    ("잿빛 해파리", "ashen jellyfish", "ashen jellyfish"),
    ("종탑 망령", "belfry wraith", "belfry wraiths"),
    ("가시 곰치", "thorn eel", "thorn eels"),
)

# Equipment: what it is made with, and what it is.
MATERIALS = (
    ("소금", "Salt"),
    ("잿빛", "Ashen"),
    ("안개", "Mist"),
    ("고래뼈", "Whalebone"),
    ("등불", "Lantern"),
    ("검은 물길", "Blackwater"),
    ("별빛", "Starlit"),
    ("녹슨", "Rusted"),
    ("유리", "Glass"),
    ("종소리", "Bellsong"),
    ("밀물", "High Tide"),
    ("난파선", "Shipwreck"),
)
GEAR = (
    ("단검", "Dagger", "weapon"),
    ("작살", "Harpoon", "weapon"),
    ("지팡이", "Staff", "weapon"),
    ("활", "Bow", "weapon"),
    ("외투", "Coat", "armour"),
    ("장화", "Boots", "armour"),
    ("두건", "Hood", "armour"),
    ("방패", "Shield", "armour"),
    ("반지", "Ring", "charm"),
    ("목걸이", "Necklace", "charm"),
    ("나침반", "Compass", "charm"),
    ("손등불", "Hand Lamp", "charm"),
)
