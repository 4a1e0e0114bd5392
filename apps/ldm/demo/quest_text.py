"""Sentences of the quests: titles, objectives, notices and what the journal holds.

Each sentence is (Korean, English), and a second English is what another translator wrote for it.
Slots: giver, place, item, foe, other (a second person), n.
"""

from __future__ import annotations

Line = tuple[str, ...]

KINDS = ("gather", "hunt", "deliver", "search", "light", "listen")

TITLES: dict[str, tuple[Line, ...]] = {
    "gather": (
        ("[place]의 수확", "The Harvest of [place]"),
        ("[giver]의 빈 바구니", "[giver]'s Empty Basket"),
        ("썰물이 남긴 것", "What the Ebb Left Behind", "Left by the Ebb Tide"),
        ("[item], 아직 부족해", "Not Enough Yet: [item]"),
    ),
    "hunt": (
        ("[place]의 불청객", "Unwelcome Guests at [place]"),
        ("[foe] 사냥", "The [foe] Hunt"),
        ("밤마다 들리는 소리", "The Noise at Night", "A Sound Every Night"),
        ("물러서지 않는 [foe]", "The [foe] That Would Not Leave"),
    ),
    "deliver": (
        ("[other]에게 보내는 꾸러미", "A Parcel for [other]"),
        ("젖지 않게, 늦지 않게", "Dry and on Time"),
        ("[giver]의 부탁", "A Favor for [giver]", "[giver]'s Request"),
        ("[place] 너머의 약속", "A Promise Beyond [place]"),
    ),
    "search": (
        ("돌아오지 않은 배", "The Boat That Did Not Return", "A Boat Never Returned"),
        ("[place]에 남은 발자국", "Footprints at [place]"),
        ("[other|은] 어디에", "Where Is [other]?"),
        ("안개가 삼킨 이름", "Names the Mist Took"),
    ),
    "light": (
        ("꺼진 세 번째 등불", "The Third Lamp Is Out"),
        ("[place]의 등대", "The Lighthouse at [place]"),
        ("불씨를 지키는 밤", "A Night to Keep the Flame", "Keeping the Flame"),
        ("바람이 센 날의 심지", "A Wick for Windy Days"),
    ),
    "listen": (
        ("[giver]의 옛이야기", "An Old Story of [giver]'s"),
        ("종이 울리지 않는 이유", "Why the Bell Stays Silent", "Why the Bell Does Not Ring"),
        ("[place]에 묻힌 노래", "The Song Buried at [place]"),
        ("잿빛 바다의 기억", "The Ashen Sea Remembers"),
    ),
}

SUMMARIES: dict[str, Line] = {
    "gather": (
        "[giver|이] [place]에서 [item#|을] 모아 달라고 한다.",
        "[giver] asks you to gather [item+#] at [place].",
    ),
    "hunt": (
        "[place]에 나타난 [foe#] {0}마리를 물리치자.",
        "Drive off {0} [foe+#] that have appeared at [place].",
    ),
    "deliver": (
        "[giver]의 꾸러미를 [place]에 있는 [other]에게 전하자.",
        "Take [giver]'s parcel to [other] at [place].",
    ),
    "search": (
        "[place]에서 소식이 끊긴 [other]의 흔적을 찾자.",
        "Look for traces of [other], last seen at [place].",
    ),
    "light": (
        "[place]의 등불이 꺼졌다. [item#|을] 구해 다시 불을 밝히자.",
        "The lamp at [place] has gone out. Find [a item#] and light it again.",
    ),
    "listen": (
        "[giver]의 이야기를 끝까지 듣고 [place]의 비밀을 알아내자.",
        "Hear [giver]'s story to its end and learn the secret of [place].",
    ),
}

JOURNAL_OPENINGS: tuple[Line, ...] = (
    (
        "잿빛 바다에 재가 내린 지 열아홉 해, [place]의 사람들은 아직도 아침마다 지붕의 재를 쓸어 낸다.",
        "Nineteen years after ash first fell on the grey sea, the people of [place] still sweep their roofs every morning.",
    ),
    (
        "안개가 걷히는 시간은 하루에 한 번뿐이다. [giver|은] 그때를 놓치지 말라고 했다.",
        "The mist lifts only once a day. [giver] told me not to miss that hour.",
    ),
    (
        "[place|으로] 가는 길은 물때를 아는 사람에게만 열린다.",
        "The way to [place] opens only to those who know the tides.",
    ),
    (
        "등대 셋이 모두 켜져 있던 시절을 기억하는 사람은 이제 많지 않다. [giver|은] 그중 한 사람이다.",
        "Few remember the days when all three lighthouses burned. [giver] is one of them.",
    ),
)

JOURNAL_BODIES: dict[str, Line] = {
    "gather": (
        "[item|은] 썰물 때에만 모습을 드러낸다. 서두르지 않으면 물이 다시 차오를 것이다.",
        "[A item] shows only at low tide. If I am slow, the water will be back.",
    ),
    "hunt": (
        "[foe|은] 빛을 싫어하지만 굶주림은 더 싫어한다. 등불을 든 사람도 더는 안전하지 않다.",
        "A [foe] hates light, but it hates hunger more. Carrying a lamp is no longer enough to be safe.",
    ),
    "deliver": (
        "꾸러미는 생각보다 가볍다. 안에서 작은 종소리 같은 것이 들린다. 열어 보지 말라는 당부가 있었다.",
        "The parcel is lighter than I expected. Something inside rings like a tiny bell. I was told not to open it.",
    ),
    "search": (
        "[other|이] 마지막으로 남긴 것은 젖은 장갑 한 짝과 반쯤 그린 지도였다. 지도의 선은 물 위에서 끊긴다.",
        "All that [other] left behind was one wet glove and half a map. Its line breaks off over the water.",
    ),
    "light": (
        "등대의 유리는 소금으로 뿌옇게 흐려졌고, 심지는 손을 대자 부스러졌다. 그래도 기름통에는 아직 온기가 남아 있었다.",
        "Salt has clouded the glass of the lighthouse, and the wick crumbled at a touch. Yet the oil was still warm.",
    ),
    "listen": (
        "종이 가라앉던 밤의 이야기는 사람마다 다르다. 다만 모두가 같은 노래를 기억하고 있다.",
        "Everyone tells the night the bell sank differently. But all of them remember the same song.",
    ),
}

JOURNAL_ENDINGS: tuple[Line, ...] = (
    ("돌아오면 [giver]에게 먼저 알리자.", "When I am back, [giver] should hear of it first."),
    ("해가 지기 전에 끝내는 편이 좋겠다.", "It would be better to finish before sunset.", "Best to be done by sunset."),
    ("누구도 나 대신 가 주지는 않을 것이다.", "Nobody else will go in my place."),
    (
        "보수는 <PAColor0xffe9bd23>은화 {1}닢<PAOldColor>이다.",
        "The pay is <PAColor0xffe9bd23>{1} silver coins<PAOldColor>.",
    ),
)

OBJECTIVES: dict[str, tuple[Line, ...]] = {
    "gather": (
        ("[place|으로] 이동", "Go to [place]"),
        ("[item] 모으기 ({0}/{1})", "Gather [item+] ({0}/{1})"),
        ("[giver]에게 돌아가기", "Return to [giver]"),
    ),
    "hunt": (
        ("[place]에서 [foe] 찾기", "Find the [foe+] at [place]"),
        ("[foe] 처치 ({0}/{1})", "Defeat [foe+] ({0}/{1})", "Kill [foe+] ({0}/{1})"),
        ("[giver]에게 보고하기", "Report to [giver]"),
    ),
    "deliver": (
        ("꾸러미 챙기기", "Take the parcel"),
        ("[place]에서 [other] 만나기", "Meet [other] at [place]"),
        ("꾸러미 전달하기", "Hand over the parcel", "Deliver the parcel"),
    ),
    "search": (
        ("[place] 주변 조사하기 ({0}/{1})", "Search around [place] ({0}/{1})"),
        ("[other]의 흔적 따라가기", "Follow [other]'s tracks"),
        ("[giver]에게 돌아가기", "Return to [giver]"),
    ),
    "light": (
        ("[item] 구하기 ({0}/{1})", "Obtain [item+] ({0}/{1})"),
        ("[place]의 등불에 불 붙이기", "Light the lamp at [place]"),
        (
            "불이 꺼지지 않게 지키기 (<PAColor0xfff2a65a>{0}초<PAOldColor>)",
            "Keep the flame alive (<PAColor0xfff2a65a>{0} sec<PAOldColor>)",
        ),
    ),
    "listen": (
        ("[giver]의 이야기 듣기", "Listen to [giver]"),
        ("[place]에서 노랫말 찾기 ({0}/{1})", "Find the verses at [place] ({0}/{1})"),
        ("[giver]에게 노래 들려주기", "Sing the song to [giver]"),
    ),
}

NOTICES: dict[str, tuple[Line, ...]] = {
    "gather": (
        ("[item|을] %1#개 모았습니다.", "Gathered [item+]: %1#", "You have gathered %1# [item+]."),
        ("[item|을] 모두 모았습니다! [giver]에게 돌아가세요.", "You have all the [item+] you need! Return to [giver]."),
    ),
    "hunt": (
        ("[foe|을] %1#마리 물리쳤습니다.", "[Foe+] defeated: %1#"),
        ("[place|이] 조용해졌습니다.", "[Place] has fallen quiet."),
    ),
    "deliver": (
        ("꾸러미가 물에 젖었습니다. 내구도가 %1#% 남았습니다.", "The parcel got wet. Durability left: %1#%"),
        ("[other|이] 꾸러미를 받았습니다.", "[other] has received the parcel."),
    ),
    "search": (
        ("흔적을 %1#개 발견했습니다.", "Traces found: %1#"),
        ("발자국이 물가에서 사라집니다.", "The footprints vanish at the water's edge."),
    ),
    "light": (
        ("등불이 흔들립니다! %1#초 안에 기름을 채우세요.", "The flame is flickering! Add oil within %1# seconds."),
        ("[place]의 등불이 다시 켜졌습니다.", "The lamp at [place] burns again."),
    ),
    "listen": (
        ("노랫말을 %1#절 찾았습니다.", "Verses found: %1#"),
        ("어디선가 종소리가 들려옵니다.", "Somewhere, a bell begins to ring.", "You hear a bell from somewhere."),
    ),
}

REWARDS: tuple[Line, ...] = (
    ("경험치 {0}, 은화 {1}닢, [item#] 획득", "Received {0} XP, {1} silver and [a item#]"),
    (
        "보상: <PAColor0xffe9bd23>은화 {1}닢<PAOldColor>, [item#] {2}개",
        "Reward: <PAColor0xffe9bd23>{1} silver<PAOldColor>, [item+#] ×{2}",
    ),
)

FAILURES: tuple[Line, ...] = (
    (
        "물때를 놓쳤습니다. 잠시 뒤에 다시 시도하세요.",
        "You missed the tide. Try again later.",
        "The tide has turned. Try again in a while.",
    ),
    (
        "등불이 꺼졌습니다. [giver]에게 돌아가 불을 다시 받으세요.",
        "Your lamp has gone out. Return to [giver] to have it lit again.",
    ),
    ("임무에 실패했습니다.", "Quest failed.", "The quest has failed."),
)
