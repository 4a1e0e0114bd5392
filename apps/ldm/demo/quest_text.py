"""Sentences of the quests: what givers say, what the journal holds, what the screen shows.

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

GREETINGS: dict[str, tuple[Line, ...]] = {
    "polite": (
        (
            "어서 오세요. 먼 길이었죠?",
            "Welcome. It was a long way, wasn't it?",
            "Come in. You have come far, haven't you?",
        ),
        ("마침 잘 오셨어요. 부탁드릴 일이 있어요.", "You came at just the right time. I have a favor to ask."),
        (
            "재가 많이 내렸네요. 우선 어깨부터 털어 드릴게요.",
            "So much ash today. Let me brush off your shoulders first.",
        ),
        ("저는 [trade] [giver|이에요]. 이야기는 들었어요.", "I'm [giver], the [trade]. I have heard about you."),
    ),
    "plain": (
        ("왔군. 생각보다 빨랐어.", "So you came. Sooner than I thought.", "There you are. That was quick."),
        (
            "거기 서 있지 말고 들어와. 안개가 짙어지고 있어.",
            "Don't just stand there, come in. The mist is getting thicker.",
        ),
        ("이 시간에 바다로 나가려는 건 아니겠지?", "You're not heading out to sea at this hour, are you?"),
        (
            "난 [giver|이야]. 여기선 다들 [trade|이라]고 부르지.",
            "I'm [giver]. Around here they just call me the [trade].",
        ),
    ),
}

PROBLEMS: dict[str, dict[str, Line]] = {
    "gather": {
        "polite": (
            "[item|이] 거의 떨어졌어요. 이대로라면 이번 겨울을 넘기지 못해요.",
            "We are nearly out of [item+]. At this rate we won't make it through the winter.",
        ),
        "plain": (
            "[item|이] 바닥났어. 창고에 남은 건 먼지뿐이야.",
            "Not one [item] left. There is nothing but dust in the storehouse.",
        ),
    },
    "hunt": {
        "polite": (
            "[foe|이] [place]까지 내려왔어요. 어젯밤에는 그물을 셋이나 찢어 놓았어요.",
            "The [foe+] have come all the way down to [place]. Last night they tore three nets.",
        ),
        "plain": (
            "[foe] 놈들이 [place|을] 제집처럼 드나들어. 더는 두고 볼 수 없어.",
            "Those [foe+] come and go at [place] as if they lived there. I've had enough of it.",
        ),
    },
    "deliver": {
        "polite": (
            "[other]에게 꼭 전해야 할 것이 있는데, 저는 여기를 비울 수가 없어요.",
            "There is something [other] must have, but I cannot leave this place.",
        ),
        "plain": (
            "이걸 [other]에게 전해 줘. 내가 보냈다는 말은 하지 말고.",
            "Take this to [other]. And don't say it was from me.",
        ),
    },
    "search": {
        "polite": (
            "[other|이] [place|으로] 떠난 지 사흘이 지났어요. 물때를 놓칠 사람이 아닌데요.",
            "It has been three days since [other] left for [place]. It's not like [other] to miss the tide.",
        ),
        "plain": (
            "[other|이] 안 돌아왔어. [place|으로] 간다고 했는데, 그게 마지막이야.",
            "[other] never came back. Off to [place], and that was the last of it.",
        ),
    },
    "light": {
        "polite": (
            "[place]의 등불이 꺼졌어요. 오늘 밤에 배가 세 척이나 들어오는데요.",
            "The lamp at [place] has gone out. And three ships are due tonight.",
        ),
        "plain": (
            "[place]의 불이 꺼졌다. 배들은 저 빛만 보고 들어오는데 말이야.",
            "The light at [place] is out. And that light is all the ships have to steer by.",
        ),
    },
    "listen": {
        "polite": (
            "종이 가라앉던 밤에 저는 [place]에 있었어요. 아직 아무에게도 말하지 않았어요.",
            "The night the bell sank, I was at [place]. I have told nobody until now.",
        ),
        "plain": (
            "[place]에서 들은 노래가 있어. 이 나이가 되도록 잊히질 않는군.",
            "There is a song I heard at [place]. All these years, and I still can't forget it.",
        ),
    },
}

REQUESTS: dict[str, dict[str, Line]] = {
    "gather": {
        "polite": (
            "[place]에 가면 <PAColor0xffe9bd23>[item]<PAOldColor>[+item|을] 찾을 수 있을 거예요. [n]개면 충분해요.",
            "You should find <PAColor0xffe9bd23>[item+]<PAOldColor> at [place]. [n] will be enough.",
        ),
        "plain": (
            "[place]에서 <PAColor0xffe9bd23>[item]<PAOldColor> [n]개만 가져와. 덜도 말고 더도 말고.",
            "Bring me <PAColor0xffe9bd23>[n] [item+]<PAOldColor> from [place]. No less, no more.",
        ),
    },
    "hunt": {
        "polite": (
            "[n]마리만 줄여 주세요. 나머지는 저희가 알아서 쫓아낼게요.",
            "Just bring their number down by [n]. We will chase off the rest ourselves.",
        ),
        "plain": (
            "[n]마리만 잡아. 나머지는 겁을 먹고 달아날 거야.",
            "Take down [n] of them. The others will run.",
        ),
    },
    "deliver": {
        "polite": (
            "[place]에 계실 거예요. 꾸러미가 젖지 않게만 조심해 주세요.",
            "You will find [other] at [place]. Please just keep the parcel dry.",
        ),
        "plain": (
            "[place]에 있을 거야. 젖으면 쓸모없는 물건이니 조심하고.",
            "[other] will be at [place]. It's worthless when wet, so be careful.",
        ),
    },
    "search": {
        "polite": (
            "[other]의 배에는 푸른 등이 달려 있어요. 그 빛을 찾아 주세요.",
            "[other]'s boat carries a blue lamp. Please look for its light.",
        ),
        "plain": (
            "푸른 등을 단 배를 찾아. 등이 꺼졌다면... 그건 그때 이야기하지.",
            "Look for a boat with a blue lamp. If the lamp is out... we'll talk about that then.",
        ),
    },
    "light": {
        "polite": (
            "[item]만 있으면 제가 고칠 수 있어요. {StaticInfo:Item:419#유리 심지}도 남는 게 있으면 부탁드려요.",
            "With [a item] I can repair it. And if you have a {StaticInfo:Item:419#glass wick} to spare, bring that too.",
        ),
        "plain": (
            "[item|을] 구해서 직접 갈아 끼워. 손은 조심하고.",
            "Get [a item] and fit it yourself. Mind your hands.",
        ),
    },
    "listen": {
        "polite": (
            "노랫말은 [n]절이에요. 돌마다 하나씩 새겨져 있다고 들었어요.",
            "There are [n] verses. I heard that one is carved into each stone.",
        ),
        "plain": (
            "노랫말 [n]절을 찾아와. 순서가 틀리면 종은 울리지 않아.",
            "Find the [n] verses. In the wrong order, the bell won't ring.",
        ),
    },
}

WARNINGS: dict[str, tuple[Line, ...]] = {
    "polite": (
        ("물이 차오르기 시작하면 뒤돌아보지 말고 뛰세요.", "When the water starts to rise, run and don't look back."),
        (
            "안개 속에서 누가 이름을 불러도 대답하지 마세요.",
            "If someone calls your name in the mist, don't answer.",
            "Do not answer if the mist calls your name.",
        ),
        ("등불은 꼭 챙기셨죠? 그럼 됐어요.", "You do have your lamp, don't you? Then all is well."),
    ),
    "plain": (
        ("물때를 놓치면 아침까지 못 돌아와.", "Miss the tide and you won't be back before morning."),
        ("안개 속에서 이름이 들려도 대답하지 마.", "If you hear your name in the mist, don't answer."),
        (
            "등불이 푸르게 변하면 거기가 끝이야. 돌아와.",
            "If your lamp turns blue, that's the end of the road. Come back.",
        ),
    ),
}

ANSWERS: tuple[tuple[Line, Line], ...] = (
    (
        ("맡겨 주세요.", "Leave it to me.", "You can count on me."),
        ("지금은 어렵겠어요.", "I can't right now.", "Not now."),
    ),
    (("다녀올게요.", "I'll be back soon."), ("조금 더 생각해 볼게요.", "Let me think about it.")),
    (
        ("바로 출발할게요.", "I'll set out right away.", "I am on my way."),
        ("다른 사람을 찾아보세요.", "Please find someone else."),
    ),
    (
        ("위험하지 않나요?", "Isn't that dangerous?"),
        ("지금은 어렵겠어요.", "I can't right now.", "Maybe another time."),
    ),
)

PROGRESS: dict[str, tuple[Line, ...]] = {
    "polite": (
        (
            "아직인가요? 서두르지 않으셔도 돼요.",
            "Not yet? There's no need to hurry.",
            "Still not done? Take your time.",
        ),
        ("[place]까지 가는 길은 찾으셨어요?", "Have you found the way to [place]?"),
        ("기다리고 있을게요. 조심히 다녀오세요.", "I'll be waiting. Take care out there."),
    ),
    "plain": (
        (
            "아직이야? 물때는 기다려 주지 않아.",
            "Not done yet? The tide won't wait.",
            "Still not? The tide waits for nobody.",
        ),
        ("[place|은] 저쪽이야. 발밑 조심하고.", "[Place] is that way. Watch your step."),
        ("빈손으로 돌아온 건 아니겠지?", "You haven't come back empty-handed, have you?"),
    ),
}

THANKS: dict[str, tuple[Line, ...]] = {
    "polite": (
        (
            "정말 해내셨군요! 오늘 밤은 다들 편히 잘 수 있겠어요.",
            "You really did it! Everyone will sleep well tonight.",
        ),
        (
            "고마워요. 이 은혜는 잊지 않을게요.",
            "Thank you. I won't forget this.",
            "Thank you. I will remember your kindness.",
        ),
        ("덕분에 [place|이] 다시 숨을 쉬어요.", "Thanks to you, [place] can breathe again."),
    ),
    "plain": (
        ("제법이군. 솔직히 반쯤은 포기하고 있었어.", "Not bad. To be honest, I had half given up."),
        ("수고했어. 약속한 건 여기 있다.", "Good work. Here's what I promised.", "Well done. As promised."),
        ("[place]에서 살아 돌아온 것만으로도 대단한 거야.", "Coming back from [place] alive is something in itself."),
    ),
}

FAREWELLS: dict[str, tuple[Line, ...]] = {
    "polite": (
        ("등불이 늘 곁에 있기를 바라요.", "May the lamp be always at your side."),
        ("다음에 오시면 따뜻한 해초 차를 드릴게요.", "Next time you come, I'll make you hot kelp tea."),
    ),
    "plain": (
        ("등불이 늘 곁에 있기를.", "May the lamp be at your side."),
        ("다음엔 술이나 한잔하지.", "Next time, let's have a drink."),
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
