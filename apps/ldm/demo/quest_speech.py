"""What the givers of quests say, in the polite and in the plain form, and the answers one may choose."""

from __future__ import annotations

from .quest_text import Line

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
