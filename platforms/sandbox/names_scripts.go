package sandbox

// scriptCultures write with other scripts than the Latin one.
var scriptCultures = []culture{
	{
		lang: "ru", countries: "KZ RS GE", weight: 6,
		given: "Алексей:alexei Дмитрий:dmitri Сергей:sergei Фёдор:fyodor Николай:nikolai Илья:ilya Юрий:yuri Матвей:matvei " +
			"+Екатерина:ekaterina +Наталья:natalia +Любовь:lyubov +Ксения:ksenia +Ольга:olga +Юлия:yulia +Алёна:alyona +Софья:sofya",
		family: "Иванов/Иванова:ivanov/ivanova Соловьёв/Соловьёва:solovyov/solovyova Щербаков/Щербакова:shcherbakov/shcherbakova " +
			"Жуковский/Жуковская:zhukovsky/zhukovskaya Чехов/Чехова:chekhov/chekhova Королёв/Королёва:korolyov/korolyova " +
			"Цветков/Цветкова:tsvetkov/tsvetkova Медведев/Медведева:medvedev/medvedeva Шишкин/Шишкина:shishkin/shishkina " +
			"Ершов/Ершова:yershov/yershova Объедков/Объедкова:obyedkov/obyedkova Зайцев/Зайцева:zaitsev/zaitseva",
	},
	{
		lang: "uk", countries: "UA", weight: 5,
		given: "Олексій:oleksii Богдан:bohdan Юрій:yurii Їжак:yizhak Євген:yevhen Тарас:taras Андрій:andrii Сергій:serhii " +
			"+Оксана:oksana +Ганна:hanna +Леся:lesia +Юлія:yuliia +Катерина:kateryna +Мар’яна:mariana +Зоряна:zoriana +Ївга:yivha",
		family: "Шевченко:shevchenko Ковальчук:kovalchuk Бондаренко:bondarenko Ґудзь:gudz Мельник:melnyk Їжакевич:yizhakevych " +
			"Кравець:kravets Грищенко:hryshchenko Лисенко:lysenko Дзюба:dziuba В’язовий/В’язова:viazovyi/viazova Ткачук:tkachuk Щур:shchur",
	},
	{
		lang: "el", countries: "GR CY", weight: 5,
		given: "Γιώργος:giorgos Αλέξανδρος:alexandros Νίκος:nikos Δημήτρης:dimitris Χρήστος:christos Οδυσσέας:odysseas Θωμάς:thomas " +
			"+Ελένη:eleni +Μαρία:maria +Κατερίνα:katerina +Ξένια:xenia +Χρυσή:chrysi +Ήρα:ira +Αθηνά:athina +Ζωή:zoi",
		family: "Παπαδόπουλος/Παπαδοπούλου:papadopoulos/papadopoulou Νικολαΐδης/Νικολαΐδου:nikolaidis/nikolaidou " +
			"Οικονόμου:oikonomou Βλάχος/Βλάχου:vlachos/vlachou Ψαρράς/Ψαρρά:psarras/psarra Ξενάκης/Ξενάκη:xenakis/xenaki " +
			"Μαΐλης/Μαΐλη:mailis/maili Θεοδωράκης/Θεοδωράκη:theodorakis/theodoraki Γεωργίου:georgiou Ζαχαρίας/Ζαχαρία:zacharias/zacharia " +
			"Αγγελόπουλος/Αγγελοπούλου:angelopoulos/angelopoulou Χατζής/Χατζή:chatzis/chatzi",
	},
	{
		lang: "ar", countries: "EG AE MA JO LB", weight: 6,
		given: "أحمد:ahmed محمد:mohammed يوسف:youssef عمر:omar خالد:khaled طارق:tareq سامي:sami إبراهيم:ibrahim " +
			"+فاطمة:fatima +مريم:maryam +ليلى:layla +نور:nour +هدى:huda +آية:aya +سلمى:salma +رُبى:ruba",
		family: "الحسيني:alhusseini منصور:mansour الخطيب:alkhatib حدّاد:haddad الشريف:alsharif بن_علي:benali العمري:alomari " +
			"زيدان:zidane قاسم:qassem النجار:alnajjar فؤاد:fouad الأنصاري:alansari درويش:darwish",
	},
	{
		lang: "fa", countries: "IR AF", weight: 2,
		given:  "کاوه:kaveh پژمان:pejman گیتی:giti آرش:arash +ژاله:zhaleh +مهناز:mahnaz +پریسا:parisa +شیرین:shirin",
		family: "رضایی:rezaei کریمی:karimi چگینی:chegini گل‌محمدی:golmohammadi پاکزاد:pakzad نیک‌پور:nikpour یزدانی:yazdani",
	},
	{
		lang: "he", countries: "IL", weight: 4,
		given: "אברהם:avraham יוסף:yosef דניאל:daniel איתי:itai עומר:omer נועם:noam אורי:uri " +
			"+שירה:shira +תמר:tamar +נעמי:naomi +יעל:yael +רות:ruth +מיכל:michal +אביגיל:avigail +טליה:talya",
		family: "כהן:cohen לוי:levi מזרחי:mizrahi פרץ:peretz ביטון:biton אברהמי:avrahami פרידמן:friedman צור:tzur " +
			"בן־דוד:bendavid שפירא:shapira אוחיון:ohayon ז׳בוטינסקי:jabotinsky",
	},
	{
		lang: "zh", countries: "CN TW SG HK", weight: 8, familyFirst: true, joined: true,
		given: "伟:wei 建国:jianguo 志强:zhiqiang 浩然:haoran 子轩:zixuan 俊杰:junjie 明:ming 宇航:yuhang " +
			"+丽华:lihua +秀英:xiuying +雨桐:yutong +静:jing +欣怡:xinyi +雪梅:xuemei +淑芬:shufen +佳琪:jiaqi",
		family: "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 黃:huang 趙:zhao 吴:wu 周:zhou 徐:xu 孫:sun 欧阳:ouyang 司马:sima 諸葛:zhuge 𠮷:ji",
	},
	{
		lang: "ja", countries: "JP", weight: 7, familyFirst: true,
		given: "健太:kenta 大輔:daisuke 翔:sho 拓也:takuya 浩:hiroshi けんじ:kenji ジョージ:joji 蓮:ren " +
			"+さくら:sakura +陽子:yoko +美咲:misaki +エミリ:emiri +ひなた:hinata +結衣:yui +真由美:mayumi +アンナ:anna",
		family: "佐藤:sato 鈴木:suzuki 高橋:takahashi 田中:tanaka 渡邊:watanabe 伊藤:ito 山本:yamamoto 髙島:takashima 小林:kobayashi 齋藤:saito 吉田:yoshida 佐々木:sasaki 𠮷野:yoshino 神戸:kanbe",
	},
	{
		lang: "ko", countries: "KR", weight: 6, familyFirst: true, joined: true,
		given: "민준:minjun 서준:seojun 지훈:jihoon 현우:hyunwoo 도윤:doyun 성호:sungho 재석:jaeseok 우진:woojin " +
			"+서연:seoyeon +지우:jiwoo +하은:haeun +수빈:subin +유나:yuna +은경:eunkyung +미란:miran +보라:bora",
		family: "김:kim 이:lee 박:park 최:choi 정:jung 강:kang 조:cho 윤:yoon 장:jang 임:lim 한:han 신:shin 남궁:namgung 황보:hwangbo",
	},
	{
		lang: "hi", countries: "IN NP", weight: 6,
		given: "राजेश:rajesh अमित:amit सुरेश:suresh विक्रम:vikram अर्जुन:arjun कृष्ण:krishna आदित्य:aditya प्रद्युम्न:pradyumna " +
			"+प्रिया:priya +सुनीता:sunita +दीपिका:deepika +काव्या:kavya +ऋचा:richa +श्रद्धा:shraddha +नेहा:neha +ज्योति:jyoti",
		family: "शर्मा:sharma गुप्ता:gupta सिंह:singh पटेल:patel मिश्रा:mishra द्विवेदी:dwivedi चौधरी:chaudhary जोशी:joshi त्रिपाठी:tripathi श्रेष्ठ:shrestha अग्रवाल:agarwal भट्ट:bhatt",
	},
	{
		lang: "bn", countries: "BD IN", weight: 3,
		given:  "রহিম:rahim সৌমিত্র:soumitra অনির্বাণ:anirban আরিফ:arif +নুসরাত:nusrat +শ্রেয়া:shreya +মৌসুমী:mousumi +ঐশ্বর্যা:aishwarya",
		family: "চট্টোপাধ্যায়:chattopadhyay রহমান:rahman দাশগুপ্ত:dasgupta হোসেন:hossain সেন:sen মুখার্জি:mukherjee ভট্টাচার্য:bhattacharya",
	},
	{
		lang: "ta", countries: "IN LK SG", weight: 3,
		given:  "கார்த்திக்:karthik முருகன்:murugan செந்தில்:senthil அருண்:arun +பிரியா:priya +மீனாட்சி:meenakshi +கவிதா:kavitha +லட்சுமி:lakshmi",
		family: "சுப்ரமணியன்:subramanian ராஜா:raja கிருஷ்ணன்:krishnan சுந்தரம்:sundaram ஐயர்:iyer பாலன்:balan வேலு:velu",
	},
	{
		lang: "th", countries: "TH", weight: 4,
		given: "สมชาย:somchai ณัฐพล:nattapon วิชัย:wichai ธีรพงษ์:thirapong กิตติ:kitti " +
			"+สุดารัตน์:sudarat +พิมพ์ชนก:pimchanok +อรุณี:arunee +น้ำฝน:namfon +ปิยะดา:piyada",
		family: "แสงทอง:saengthong ศรีสุวรรณ:srisuwan วงศ์ใหญ่:wongyai จันทร์เพ็ญ:chanphen ทองดี:thongdi บุญมี:bunmi รัตนโกสินทร์:rattanakosin เจริญสุข:charoensuk",
	},
	{
		lang: "ka", countries: "GE", weight: 3,
		given:  "გიორგი:giorgi ლევან:levan ზურაბ:zurab დავით:davit ვახტანგ:vakhtang +ნინო:nino +თამარ:tamar +ქეთევან:ketevan +მარიამ:mariam +ეკა:eka",
		family: "ბერიძე:beridze კაპანაძე:kapanadze გელაშვილი:gelashvili მაისურაძე:maisuradze წიკლაური:tsiklauri ჭავჭავაძე:chavchavadze ღვინიაშვილი:ghviniashvili ყიფიანი:qipiani",
	},
	{
		lang: "hy", countries: "AM", weight: 3,
		given:  "Արամ:aram Գևորգ:gevorg Հայկ:hayk Տիգրան:tigran Վարդան:vardan +Անի:ani +Լուսինե:lusine +Սիրանուշ:siranush +Նարե:nare +Շուշան:shushan",
		family: "Պետրոսյան:petrosyan Սարգսյան:sargsyan Հակոբյան:hakobyan Գրիգորյան:grigoryan Խաչատրյան:khachatryan Ղազարյան:ghazaryan Ճշմարիտյան:chshmarityan",
	},
	{
		lang: "am", countries: "ET", weight: 2,
		given:  "አበበ:abebe ተስፋዬ:tesfaye ዳዊት:dawit +አልማዝ:almaz +ሃና:hana +ትዕግስት:tigist",
		family: "ገብረማርያም:gebremariam ከበደ:kebede ወልዴ:wolde ኃይሉ:hailu መኮንን:mekonnen ፀጋዬ:tsegaye",
	},
}
