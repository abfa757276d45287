"""Sentences in 15 languages, written for this project, and the pairs that checks and benchmarks make of them.

Used by make_shape_checkpoints.py, compare_logits.py and bench_nli.py. Everything is drawn from a fixed seed:
two runs, on any machine, give the same pairs.
"""

from __future__ import annotations

import math
import random

# Seven news-like sentences a language; the last ones of a language contradict or repeat the first ones.
SENTENCES: dict[str, list[str]] = {
    "en": [
        "The old bridge over the river collapsed on Tuesday night after three days of heavy rain.",
        "Nobody was hurt, the mayor said, because the road had been closed to lorries since noon.",
        "Engineers had warned twice in 2019 that the middle pier was moving.",
        "The regional government promised 4.5 million euros for a temporary crossing before winter.",
        "Two drivers were killed when the bridge gave way, according to the fire service.",
        "The opposition asks why the warnings were not published.",
        "The bridge did not fall; it was taken down by the army on Wednesday.",
    ],
    "fr": [
        "Le vieux pont sur la rivière s'est effondré mardi soir après trois jours de fortes pluies.",
        "Personne n'a été blessé, a assuré la maire, car la route était fermée aux camions depuis midi.",
        "Les ingénieurs avaient averti à deux reprises, en 2019, que la pile centrale bougeait.",
        "La région a promis 4,5 millions d'euros pour un passage provisoire avant l'hiver.",
        "Deux conducteurs sont morts dans l'effondrement, selon les pompiers.",
        "L'opposition demande pourquoi les avertissements n'ont pas été publiés.",
        "Le pont n'est pas tombé : l'armée l'a démonté mercredi.",
    ],
    "es": [
        "El viejo puente sobre el río se derrumbó el martes por la noche tras tres días de lluvias intensas.",
        "Nadie resultó herido, dijo la alcaldesa, porque la carretera estaba cerrada a los camiones desde el mediodía.",
        "Los ingenieros habían advertido dos veces en 2019 de que el pilar central se movía.",
        "El gobierno regional prometió 4,5 millones de euros para un paso provisional antes del invierno.",
        "Dos conductores murieron al ceder el puente, según los bomberos.",
        "La oposición pregunta por qué no se publicaron las advertencias.",
        "El puente no se cayó: el ejército lo desmontó el miércoles.",
    ],
    "de": [
        "Die alte Brücke über den Fluss stürzte am Dienstagabend nach drei Tagen starken Regens ein.",
        "Niemand sei verletzt worden, sagte die Bürgermeisterin, weil die Straße seit Mittag für Lastwagen gesperrt war.",
        "Ingenieure hatten 2019 zweimal gewarnt, dass sich der mittlere Pfeiler bewegt.",
        "Die Landesregierung versprach 4,5 Millionen Euro für eine Behelfsbrücke noch vor dem Winter.",
        "Zwei Fahrer kamen nach Angaben der Feuerwehr ums Leben, als die Brücke nachgab.",
        "Die Opposition fragt, warum die Warnungen nicht veröffentlicht wurden.",
        "Die Brücke ist nicht eingestürzt; die Armee hat sie am Mittwoch abgebaut.",
    ],
    "el": [
        "Η παλιά γέφυρα πάνω από το ποτάμι κατέρρευσε το βράδυ της Τρίτης έπειτα από τρεις ημέρες έντονης βροχής.",
        "Κανείς δεν τραυματίστηκε, είπε η δήμαρχος, επειδή ο δρόμος ήταν κλειστός για τα φορτηγά από το μεσημέρι.",
        "Οι μηχανικοί είχαν προειδοποιήσει δύο φορές το 2019 ότι ο μεσαίος πυλώνας μετακινείται.",
        "Η περιφέρεια υποσχέθηκε 4,5 εκατομμύρια ευρώ για προσωρινή διάβαση πριν από τον χειμώνα.",
        "Δύο οδηγοί σκοτώθηκαν όταν υποχώρησε η γέφυρα, σύμφωνα με την πυροσβεστική.",
        "Η αντιπολίτευση ρωτά γιατί δεν δημοσιεύτηκαν οι προειδοποιήσεις.",
        "Η γέφυρα δεν έπεσε· τη διέλυσε ο στρατός την Τετάρτη.",
    ],
    "bg": [
        "Старият мост над реката се срути във вторник вечерта след три дни силен дъжд.",
        "Няма пострадали, каза кметицата, защото пътят беше затворен за камиони от обяд.",
        "Инженерите предупредиха два пъти през 2019 г., че средният стълб се движи.",
        "Областното управление обеща 4,5 милиона евро за временен мост преди зимата.",
        "Двама шофьори загинаха, когато мостът поддаде, съобщиха пожарникарите.",
        "Опозицията пита защо предупрежденията не са били публикувани.",
        "Мостът не е паднал; армията го разглоби в сряда.",
    ],
    "ru": [
        "Старый мост через реку обрушился во вторник вечером после трёх дней сильных дождей.",
        "Никто не пострадал, заявила мэр, потому что с полудня дорога была закрыта для грузовиков.",
        "Инженеры дважды предупреждали в 2019 году, что средняя опора смещается.",
        "Правительство области пообещало 4,5 миллиона евро на временную переправу до зимы.",
        "По данным пожарных, при обрушении моста погибли два водителя.",
        "Оппозиция спрашивает, почему предупреждения не были опубликованы.",
        "Мост не обрушился: в среду его разобрали военные.",
    ],
    "tr": [
        "Nehrin üzerindeki eski köprü, üç gün süren şiddetli yağmurun ardından salı gecesi çöktü.",
        "Belediye başkanı, yolun öğleden beri kamyonlara kapalı olduğu için kimsenin yaralanmadığını söyledi.",
        "Mühendisler 2019'da orta ayağın hareket ettiği konusunda iki kez uyarmıştı.",
        "Bölge yönetimi kıştan önce geçici bir geçit için 4,5 milyon avro sözü verdi.",
        "İtfaiyeye göre köprü çöktüğünde iki sürücü hayatını kaybetti.",
        "Muhalefet, uyarıların neden yayımlanmadığını soruyor.",
        "Köprü yıkılmadı; ordu onu çarşamba günü söktü.",
    ],
    "ar": [
        "انهار الجسر القديم فوق النهر مساء الثلاثاء بعد ثلاثة أيام من الأمطار الغزيرة.",
        "وقالت رئيسة البلدية إن أحدا لم يصب لأن الطريق كان مغلقا أمام الشاحنات منذ الظهر.",
        "وكان المهندسون قد حذروا مرتين عام 2019 من أن الدعامة الوسطى تتحرك.",
        "ووعدت حكومة الإقليم بمبلغ 4.5 مليون يورو لإقامة معبر مؤقت قبل الشتاء.",
        "وقتل سائقان عندما انهار الجسر بحسب رجال الإطفاء.",
        "وتتساءل المعارضة عن سبب عدم نشر التحذيرات.",
        "لم يسقط الجسر بل فككه الجيش يوم الأربعاء.",
    ],
    "vi": [
        "Cây cầu cũ bắc qua sông đã sập vào tối thứ Ba sau ba ngày mưa lớn.",
        "Không ai bị thương, bà thị trưởng nói, vì con đường đã cấm xe tải từ buổi trưa.",
        "Các kỹ sư đã hai lần cảnh báo vào năm 2019 rằng trụ giữa đang dịch chuyển.",
        "Chính quyền vùng hứa chi 4,5 triệu euro cho một lối đi tạm trước mùa đông.",
        "Theo lính cứu hỏa, hai tài xế đã thiệt mạng khi cây cầu đổ xuống.",
        "Phe đối lập hỏi vì sao các cảnh báo không được công bố.",
        "Cây cầu không sập; quân đội đã tháo dỡ nó hôm thứ Tư.",
    ],
    "th": [
        "สะพานเก่าข้ามแม่น้ำถล่มลงเมื่อคืนวันอังคารหลังฝนตกหนักติดต่อกันสามวัน",
        "นายกเทศมนตรีกล่าวว่าไม่มีผู้บาดเจ็บ เพราะถนนปิดไม่ให้รถบรรทุกผ่านตั้งแต่เที่ยง",
        "วิศวกรเคยเตือนสองครั้งในปี 2019 ว่าตอม่อกลางกำลังเคลื่อนตัว",
        "รัฐบาลท้องถิ่นสัญญาให้เงิน 4.5 ล้านยูโรสำหรับทางข้ามชั่วคราวก่อนฤดูหนาว",
        "หน่วยดับเพลิงระบุว่าคนขับรถสองคนเสียชีวิตเมื่อสะพานทรุด",
        "ฝ่ายค้านถามว่าทำไมไม่มีการเผยแพร่คำเตือน",
        "สะพานไม่ได้ถล่ม กองทัพรื้อถอนเมื่อวันพุธ",
    ],
    "zh": [
        "连续三天大雨之后，河上的老桥于周二晚间坍塌。",
        "市长表示无人受伤，因为从中午起道路就已禁止卡车通行。",
        "工程师曾在2019年两次警告说，中间的桥墩正在移动。",
        "地区政府承诺在冬季之前拨款450万欧元修建临时通道。",
        "据消防部门称，大桥垮塌时有两名司机丧生。",
        "反对派质问为什么没有公布这些警告。",
        "大桥并没有倒塌，而是军队在周三将其拆除。",
    ],
    "hi": [
        "तीन दिन की भारी बारिश के बाद नदी पर बना पुराना पुल मंगलवार की रात ढह गया।",
        "महापौर ने कहा कि कोई घायल नहीं हुआ, क्योंकि सड़क दोपहर से ट्रकों के लिए बंद थी।",
        "अभियंताओं ने 2019 में दो बार चेतावनी दी थी कि बीच का खंभा खिसक रहा है।",
        "क्षेत्रीय सरकार ने सर्दियों से पहले अस्थायी रास्ते के लिए 45 लाख यूरो देने का वादा किया।",
        "दमकल विभाग के अनुसार पुल गिरने से दो चालकों की मौत हो गई।",
        "विपक्ष पूछता है कि चेतावनियाँ प्रकाशित क्यों नहीं की गईं।",
        "पुल नहीं गिरा; सेना ने बुधवार को उसे हटाया।",
    ],
    "sw": [
        "Daraja la zamani juu ya mto lilianguka Jumanne usiku baada ya siku tatu za mvua kubwa.",
        "Hakuna aliyejeruhiwa, meya alisema, kwa sababu barabara ilikuwa imefungwa kwa malori tangu adhuhuri.",
        "Wahandisi walikuwa wameonya mara mbili mwaka 2019 kwamba nguzo ya katikati inasogea.",
        "Serikali ya mkoa iliahidi euro milioni 4.5 kwa kivuko cha muda kabla ya majira ya baridi.",
        "Madereva wawili walifariki daraja lilipoporomoka, kulingana na zimamoto.",
        "Upinzani unauliza kwa nini maonyo hayakuchapishwa.",
        "Daraja halikuanguka; jeshi lililibomoa Jumatano.",
    ],
    "ur": [
        "تین دن کی شدید بارش کے بعد دریا پر بنا پرانا پل منگل کی رات گر گیا۔",
        "میئر نے کہا کہ کوئی زخمی نہیں ہوا کیونکہ سڑک دوپہر سے ٹرکوں کے لیے بند تھی۔",
        "انجینئروں نے 2019 میں دو بار خبردار کیا تھا کہ درمیانی ستون سرک رہا ہے۔",
        "علاقائی حکومت نے سردیوں سے پہلے عارضی راستے کے لیے 45 لاکھ یورو کا وعدہ کیا۔",
        "فائر بریگیڈ کے مطابق پل گرنے سے دو ڈرائیور ہلاک ہوئے۔",
        "حزب اختلاف پوچھتی ہے کہ انتباہات کیوں شائع نہیں کیے گئے۔",
        "پل نہیں گرا؛ فوج نے بدھ کو اسے ہٹایا۔",
    ],
}
LANGUAGES = sorted(SENTENCES)
# Thai and Chinese write no spaces: what stands for a word there is a run of this many letters.
LETTERS_A_WORD = {"th": 4, "zh": 2}

# Words in a news sentence: log-normal. The figures are those of the 122 sentences of seeds/: geometric mean
# 14.3 words, standard deviation of the logarithm 0.64, longest 125.
WORDS_LOG_MEAN = math.log(14.3)
WORDS_LOG_DEVIATION = 0.64
WORDS_SHORTEST, WORDS_LONGEST = 3, 125


def words(language: str) -> list[str]:
    """All words of a language's sentences, in order, with repetitions."""
    step = LETTERS_A_WORD.get(language)
    if step is None:
        return [word for sentence in SENTENCES[language] for word in sentence.split()]
    joined = [sentence.replace(" ", "") for sentence in SENTENCES[language]]
    return [sentence[i : i + step] for sentence in joined for i in range(0, len(sentence), step)]


def sentence(chance: random.Random, language: str, length: int) -> str:
    """`length` words, as stretches of real sentences in random order."""
    bank = words(language)
    out: list[str] = []
    while len(out) < length:
        start = chance.randrange(len(bank))
        out += bank[start : start + chance.randint(3, 8)]
    return ("" if language in LETTERS_A_WORD else " ").join(out[:length])


def news_length(chance: random.Random) -> int:
    """Words of one sentence, drawn from the distribution above."""
    drawn = round(chance.lognormvariate(WORDS_LOG_MEAN, WORDS_LOG_DEVIATION))
    return min(max(drawn, WORDS_SHORTEST), WORDS_LONGEST)


def news_pairs(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """`count` different pairs with the lengths of news, one in four across two languages, in random order."""
    chance = random.Random(seed)
    pairs: dict[tuple[str, str], None] = {}
    while len(pairs) < count:
        first = chance.choice(LANGUAGES)
        second = chance.choice(LANGUAGES) if chance.random() < 0.25 else first
        pairs[sentence(chance, first, news_length(chance)), sentence(chance, second, news_length(chance))] = None
    return list(pairs)


def exactness_pairs() -> list[tuple[str, str]]:
    """200 pairs: all 15 languages, within and across them, awkward characters, lengths from nothing to far
    beyond the longest input."""
    chance = random.Random(2)
    pairs = [(s[i], s[j]) for s in (SENTENCES[l] for l in LANGUAGES) for i, j in ((0, 6), (1, 4), (2, 5), (6, 0))]
    for index, first in enumerate(LANGUAGES):
        for step in (1, 4, 7):
            second = LANGUAGES[(index + step) % len(LANGUAGES)]
            pairs.append((SENTENCES[first][step % 7], SENTENCES[second][step % 7]))
    for first in LANGUAGES:  # one text, both, or the other longer than any input
        pairs.append((sentence(chance, first, 700), SENTENCES[first][0]))
        pairs.append((SENTENCES[first][3], sentence(chance, first, 500)))
        pairs.append((sentence(chance, first, 400), sentence(chance, first, 300)))
    pairs += [
        ("", "The bridge fell."), ("Le pont est tombé.", ""), ("a", "b"), ("7", "7,0"),
        ("  Two  spaces,\ta tab\nand a line break ", "Two spaces, a tab and a line break"),
        ("Ｆｕｌｌ ｗｉｄｔｈ １２３ ﬁne ﬂow ½ ²", "Full width 123 fine flow 1⁄2 2"),
        ("e\u0301te\u0301 ao\u0302t", "été aôt"), ("soft\u00adhyphen zero\u200bwidth non\u00a0breaking", "soft hyphen"),
        ("Emoji 🙂👩‍👩‍👧 and flags 🇫🇷🇩🇪", "No emoji"), ("<s> </s> <pad> <mask> [CLS] [SEP]", "special tokens as text"),
    ]
    while len(pairs) < 200:
        first, second = chance.choice(LANGUAGES), chance.choice(LANGUAGES)
        pairs.append((sentence(chance, first, news_length(chance)), sentence(chance, second, news_length(chance))))
    return pairs[:200]
