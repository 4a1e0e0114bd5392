"""What the people of the harbor say in passing: two lines that belong together, and closing words."""

from __future__ import annotations

from .quest_text import Line

# (first line, second line) by tone; slots: place, item, foe, other, n.
TALK: dict[str, tuple[tuple[Line, Line], ...]] = {
    "polite": (
        (
            (
                "오늘은 [place] 쪽 바람이 순하네요.",
                "The wind from [place] is gentle today.",
                "A gentle wind from [place] today.",
            ),
            ("이런 날에는 종소리가 바다 건너까지 가요.", "On days like this the bell carries across the sea."),
        ),
        (
            ("재가 그친 지 [n]일이 됐어요.", "It has been [n] days since the ash stopped."),
            ("다들 좋아하지만 저는 왠지 불안해요.", "Everyone is glad, but somehow I'm uneasy."),
        ),
        (
            ("[place]에서 [other|을] 보셨나요?", "Have you seen [other] at [place]?"),
            ("빌려 간 손등불을 아직 안 돌려주셔서요.", "My hand lamp was borrowed and never came back."),
        ),
        (
            ("[foe]에게 쫓기면 소금을 뿌리세요.", "If [a foe] chases you, throw salt."),
            ("소금이 없으면 그냥 뛰시고요.", "If you have no salt, well, run."),
        ),
        (
            (
                "[item|을] 말려서 빻으면 등불이 두 배는 오래 가요.",
                "Dry and grind [a item], and a lamp will last twice as long.",
            ),
            ("할머니께 배운 방법이에요. 비밀이에요.", "My grandmother taught me. Keep it secret."),
        ),
        (
            ("세 번째 등대에는 아직 사람이 산대요.", "They say someone still lives in the third lighthouse."),
            ("밤마다 창문에 그림자가 비친다고 해요.", "A shadow shows in its window every night."),
        ),
        (
            ("배를 타실 때는 왼발부터 올리세요.", "When you board a boat, left foot first."),
            ("이곳 사람들은 다 그렇게 해요. 웃지 마시고요.", "Everyone here does it. Please don't laugh."),
        ),
        (
            ("[other|은] 말수가 적지만 좋은 사람이에요.", "[other] says little, but has a good heart."),
            ("지난 폭풍 때 [n]명이나 구했는걸요.", "[n] people were saved in the last storm, you know."),
        ),
        (
            (
                "어제 그물에 [item|이] 걸렸어요.",
                "[A item] got caught in my net yesterday.",
                "My net brought up [a item] yesterday.",
            ),
            (
                "버리려다가 왠지 당신이 찾으실 것 같아서 두었어요.",
                "I was about to throw it away, but I thought you might want it.",
            ),
        ),
        (
            ("별지도를 읽을 줄 아세요?", "Can you read a star chart?"),
            ("[place] 위의 별 하나가 지도에는 없거든요.", "One star above [place] isn't on any chart."),
        ),
        (
            ("종탑이 가라앉던 날, 저는 겨우 일곱 살이었어요.", "I was only seven the day the belfry sank."),
            ("아버지는 그날 이후로 종이라는 말을 꺼내지 않으세요.", "My father has not said the word bell since."),
        ),
        (
            ("[place]에 가시려면 물때표부터 보세요.", "If you're going to [place], check the tide table first."),
            ("보름에는 길이 [hours]시간밖에 열리지 않아요.", "At full moon the path opens for only [hours] hours."),
        ),
        (
            ("등불 기름 값이 또 올랐어요.", "Lamp oil has gone up again."),
            (
                "이러다가는 등대보다 우리 집이 먼저 꺼지겠어요.",
                "At this rate our house will go dark before the lighthouse does.",
            ),
        ),
        (
            ("[foe] 우는 소리를 들어 보셨어요?", "Have you ever heard [a foe] cry?"),
            (
                "꼭 아기 울음소리 같아서, 다들 한 번은 속아요.",
                "It sounds just like a baby. Everyone falls for it once.",
            ),
        ),
        (
            (
                "수습 등대지기는 첫 달에 불을 열 번은 꺼뜨려요.",
                "An apprentice keeper lets the flame die ten times in the first month.",
            ),
            ("저는 열두 번이었어요. [other]에게는 말하지 마세요.", "For me it was twelve. Don't tell [other]."),
        ),
        (
            ("저 배, 아침부터 같은 자리에 있어요.", "That ship has been in the same spot since morning."),
            ("닻을 내린 것도 아닌데 말이에요.", "And it hasn't even dropped anchor."),
        ),
    ),
    "plain": (
        (
            ("[place] 쪽 하늘이 붉어. 내일은 바람이 세겠군.", "The sky over [place] is red. Strong wind tomorrow."),
            ("그물은 오늘 걷어 두는 게 좋아.", "Better bring the nets in today."),
        ),
        (
            ("이 나루에서만 [n]년을 일했어.", "[n] years I've worked at this crossing."),
            ("그동안 물에 빠뜨린 손님은 딱 하나뿐이야.", "In all that time I dropped only one passenger in the water."),
        ),
        (
            (
                "[foe|을] 맨손으로 잡았다는 놈 말은 믿지 마.",
                "Don't believe anyone who says they caught [a foe] bare-handed.",
            ),
            ("그런 놈은 바다에 나가 본 적도 없어.", "Someone like that has never even been to sea."),
        ),
        (
            ("쇠는 소금물에 약하지만, 사람은 더 약하지.", "Salt water is hard on iron, and harder on people."),
            ("그러니 갑옷보다 장화를 먼저 고쳐 신어.", "So mend your boots before your armor."),
        ),
        (
            ("[other] 녀석, 또 [place|으로] 나갔어.", "[other] went out to [place] again."),
            ("등불도 없이 말이야. 젊은 것들은 겁이 없어.", "Without a lamp, too. The young have no fear."),
        ),
        (
            ("항구에 등불이 [n]개였던 시절이 있었지.", "There was a time when this harbor had [n] lamps."),
            ("지금은 손가락으로 셀 수 있어.", "Now you can count them on your fingers."),
        ),
        (
            (
                "[item] 하나면 술이 세 잔이야.",
                "One [item] buys three drinks.",
                "Three drinks for [a item], that's the price.",
            ),
            ("흥정은 [other]한테 가서 해.", "If you want to haggle, go to [other]."),
        ),
        (
            ("어이, 거기 발밑. 그 널빤지는 썩었어.", "Hey, watch your feet. That plank is rotten."),
            ("지난주에도 하나 빠졌다고.", "Another one fell through just last week."),
        ),
        (
            (
                "가라앉은 배에서 제일 먼저 건지는 게 뭔지 알아?",
                "Do you know what we bring up first from a sunken ship?",
            ),
            (
                "금이 아니야. 종이지. 종이 있으면 이름을 알 수 있거든.",
                "Not the gold. The bell. A bell tells you the ship's name.",
            ),
        ),
        (
            ("경비대는 해가 지면 문을 닫는다.", "The watch closes the gate at sunset."),
            ("한 번 닫힌 문은 왕이 와도 안 열어.", "Once it's closed, we wouldn't open it for the king."),
        ),
        (
            ("[place]에 새 배가 들어왔어. 깃발이 없더군.", "A new ship came in at [place]. No flag on it."),
            ("깃발 없는 배는 손님이거나 도둑이야.", "A ship without a flag is either a guest or a thief."),
        ),
        (
            ("물그림자를 본 적 있나?", "Ever seen a water shade?"),
            ("자기 얼굴을 하고 있으면 절대 따라가지 마.", "If it wears your face, never follow it."),
        ),
        (
            ("내가 젊었을 땐 [place]까지 헤엄쳐 갔어.", "When I was young I swam to [place]."),
            ("올 때는 배를 얻어 탔지만.", "Coming back, I got a ride."),
        ),
        (
            ("바다는 빌려주기만 하고 그냥 주는 법이 없어.", "The sea only lends. It never gives."),
            ("언젠가는 꼭 돌려받으러 오지.", "One day it always comes to collect."),
        ),
        (
            ("[item|을] 찾는다고? 운이 좋군.", "You're looking for [a item]? You're in luck."),
            ("어제 [place]에서 [n]개나 봤어.", "Saw [n] of them at [place] yesterday."),
        ),
        (
            ("종소리가 안 들리는 밤이 제일 시끄러워.", "The nights without the bell are the loudest."),
            ("다들 자는 척만 하거든.", "Everyone only pretends to sleep."),
        ),
    ),
}

CLOSINGS: dict[str, tuple[Line, ...]] = {
    "polite": (
        ("그럼, 조심히 가세요.", "Well then, take care.", "Safe travels."),
        ("참, 제가 말했다고는 하지 마세요.", "Oh, and you didn't hear it from me."),
        ("또 들러 주세요.", "Do come by again.", "Please stop by again."),
        ("등불이 늘 곁에 있기를 바라요.", "May the lamp be always at your side."),
    ),
    "plain": (
        ("볼일 없으면 가 봐.", "If that's all, off you go.", "Off with you, then."),
        ("내 말 흘려듣지 마.", "Don't take it lightly.", "Mark my words."),
        ("뭐, 믿거나 말거나.", "Well, believe it or not."),
        ("등불이 늘 곁에 있기를.", "May the lamp be at your side."),
    ),
}

# One-line rows between the talk, as such files have them: signs, system lines, choices.
SHORT: tuple[Line, ...] = (
    ("...", "..."),
    ("(고개를 끄덕인다)", "(Nods)", "(nods)"),
    ("대화를 마친다.", "End the conversation.", "Leave."),
    ("[place]에 대해 묻는다.", "Ask about [place]."),
    ("[other]에 대해 묻는다.", "Ask about [other]."),
    ("[foe]에 대해 더 듣는다.", "Hear more about the [foe+]."),
    ("거래하기", "Trade"),
    ("<PAColor0xff8fc7ff>[place|으로] 이동<PAOldColor>", "<PAColor0xff8fc7ff>Travel to [place]<PAOldColor>"),
    ("[item] {0}개를 건넨다.", "Hand over {0} [item+]."),
)
