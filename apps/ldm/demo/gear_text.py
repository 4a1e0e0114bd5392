"""What the item table says about equipment: descriptions, effects, notes. Slots: gear, smith, place, foe, n."""

from __future__ import annotations

from .quest_text import Line

DESCRIPTIONS: dict[str, tuple[Line, ...]] = {
    "weapon": (
        (
            "[place]의 [smith|이] 벼린 무기. 젖은 손에서도 미끄러지지 않는다.",
            "A weapon forged by [smith] of [place]. It does not slip even in wet hands.",
        ),
        (
            "[foe|을] 쫓던 사람들이 즐겨 쓰던 [gear].\n손잡이에 이름을 새긴 자국이 있다.",
            "[A gear] favored by those who hunted the [foe+].\nA name was once carved into the grip.",
        ),
        (
            "안개 속에서 희미하게 빛난다. 주인의 숨결에 맞춰 밝아졌다 어두워진다.",
            "It glows faintly in the mist, bright and dim with its owner's breath.",
        ),
        ("{0} 이상의 힘이 있어야 제대로 다룰 수 있다.", "It takes a strength of {0} or more to handle it well."),
    ),
    "armour": (
        (
            "[place]의 바람을 견디도록 세 겹으로 기운 장비.",
            "Gear sewn in three layers to withstand the wind of [place].",
        ),
        (
            "재가 스며들지 않게 기름을 먹였다.\n비 오는 날에는 조금 무겁다.",
            "Oiled so that no ash gets in.\nA little heavy on rainy days.",
            "Treated with oil against the ash.\nSomewhat heavy in the rain.",
        ),
        (
            "[smith|은] 이것을 두고 '내 것 중 가장 못생기고 가장 튼튼한 물건'이라고 했다.",
            '[smith] called it "the ugliest and toughest thing I ever made".',
        ),
        (
            "[foe]의 이빨 자국이 남아 있다. 뚫리지는 않았다.",
            "It bears the tooth marks of [a foe]. They did not go through.",
        ),
    ),
    "charm": (
        (
            "[place]에서 건져 올린 장신구. 물에 넣으면 아주 작은 종소리가 난다.",
            "A trinket recovered from [place]. Put it in water and it rings very softly.",
        ),
        (
            "등대지기들이 첫 불을 밝힌 날에 받는 물건.",
            "Keepers receive one on the day they light their first lamp.",
            "Given to keepers on the day of their first light.",
        ),
        (
            "북쪽이 아니라 <PAColor0xffe9bd23>가장 가까운 등불<PAOldColor>을 가리킨다.",
            "It points not north but to <PAColor0xffe9bd23>the nearest lamp<PAOldColor>.",
        ),
        (
            "잃어버려도 [n]일 안에는 주인에게 돌아온다고 한다.",
            "They say that even when lost, it returns to its owner within [n] days.",
        ),
    ),
}

EFFECTS: dict[str, tuple[Line, ...]] = {
    "weapon": (
        ("공격력 +{0}", "Attack +{0}", "ATK +{0}"),
        ("[foe]에게 주는 피해 {0}% 증가", "Damage to [foe+] +{0}%", "+{0}% damage to [foe+]"),
        ("치명타 확률 {0}% 증가\n안개 속에서 두 배", "Critical chance +{0}%\nDoubled in mist"),
    ),
    "armour": (
        ("방어력 +{0}", "Defense +{0}", "DEF +{0}"),
        ("젖음 상태 지속 시간 {0}초 감소", "Wet lasts {0} sec less", "Duration of Wet −{0} sec"),
        ("이동 속도 {0}% 증가", "Movement speed +{0}%"),
    ),
    "charm": (
        ("최대 생명력 +{0}", "Max HP +{0}", "Maximum health +{0}"),
        ("등불 밝기 {0}% 증가", "Lamp brightness +{0}%"),
        ("은화 획득량 {0}% 증가", "Silver gained +{0}%", "+{0}% silver"),
    ),
}

# Second sheet: what a merchant says about an item.
PITCHES: dict[str, tuple[Line, ...]] = {
    "polite": (
        ("[gear] 찾으세요? 하나 남았어요.", "Looking for [a gear]? I have one left."),
        ("이 [gear|은] [place]에서 온 물건이에요. 보증할게요.", "This [gear] came from [place]. I vouch for it."),
        (
            "은화 {0}닢이에요. 더는 못 깎아 드려요.",
            "{0} silver. I can't go any lower.",
            "That is {0} silver, and not one less.",
        ),
        ("마음에 안 드시면 사흘 안에 가져오세요.", "If you don't like it, bring it back within three days."),
    ),
    "plain": (
        ("[gear]? 쓸 줄은 알고?", "[A gear]? Do you know how to use it?"),
        ("은화 {0}닢. 싫으면 말고.", "{0} silver. Take it or leave it."),
        ("이 [gear|은] [foe] 열 마리는 거뜬해.", "This [gear] is good for ten [foe+]."),
        ("흠집은 일부러 낸 거야. 정말이라니까.", "The scratches are on purpose. No, really."),
    ),
}

NOTES: tuple[str, ...] = ("", "", "", "이름은 짧게", "UI 두 줄까지", "사투리 없이", "스토리와 연결됨", "음성 없음")
