package sandbox

var englishTalk = []Conversation{
	{Lang: "en", Lines: []Line{
		{Say: "The staging database was down from 02:10 to 02:55 last night. Customers saw nothing, but the nightly export is incomplete."},
		{Say: "Was that the disk again?"},
		{Say: "Yes. {who}, could you order the bigger volumes today?", Fix: "Yes, the log volume this time. {who}, could you order the bigger volumes today?"},
		{Say: "Ordered: 3 × 2 TB, delivery on Wednesday."},
		{Say: "I re-ran the export by hand; all 48,211 rows are there."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Who can take the demo at Harlow & Sons on Tuesday at 9? I'm double-booked."},
		{Say: "I can, but only until 10:30.", Fix: "I can, but only until 10:15."},
		{Say: "That's enough. The deck is in the shared drive, folder \"2026 / Harlow\"."},
		{Say: "Got it. Do they still run version 4.2?"},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Reminder: the office in Bristol is closed on Friday afternoon because of the fire-alarm test."},
		{Say: "Does that include the warehouse?"},
		{Say: "No, only floors 1–3."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Draft price list for Q3 is ready. Please don't forward it before {who} has signed it off."},
		{Say: "The VAT column is wrong for Ireland: it says 21 %, it should be 23 %."},
		{Say: "Well spotted, corrected.", Fix: "Well spotted, corrected in rows 14 to 31."},
		{Say: "Signed off. Thanks everybody!"},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Release 7.4.1 goes out at 16:00 UTC. Last call for blockers."},
		{Say: "MIO-2231 is still open on Windows: the tray icon disappears after sleep."},
		{Say: "Not a blocker for me, it has been like that since 7.2. What do you think, {who}?"},
		{Say: "Ship it. I'll put it into the known issues."},
		{Say: "Released. Dashboards look quiet so far."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "New starter on Monday: please have a laptop, a badge and a desk near the window ready."},
		{Say: "Badge is printed, the laptop arrives tomorrow."},
		{Say: "Which team is it?"},
		{Say: "Field service.", Fix: "Field service, with {who} as mentor."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "A customer asks whether we can invoice in CHF. Can we?"},
		{Say: "Yes, since March. You need the new template, the old one rounds to 0.01 instead of 0.05."},
		{Say: "Brilliant, found it."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Has anyone seen the projector from room 2.17?"},
		{Say: "It's in the canteen, we needed it for the town hall. I'll bring it back at lunch."},
		{Say: "No hurry, our meeting moved to Thursday anyway.", Fix: "No hurry, our meeting moved to Friday anyway."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "The lift in building B is out of order until further notice. Deliveries please via the north entrance."},
		{Say: "The technician says: spare part next week at the earliest."},
	}},
	{Lang: "en", Lines: []Line{
		{Say: "Survey results: 81 % would recommend us, up from 74 %. Biggest complaint is still the waiting time on the phone."},
		{Say: "How long is it on average?"},
		{Say: "4 min 20 s in the morning, under one minute after 14:00."},
		{Say: "Then let's move two people from the late to the early shift. {who}, can you plan that?"},
	}},
}

var europeanTalk = []Conversation{
	{Lang: "de", Lines: []Line{
		{Say: "Guten Morgen zusammen, die Prüfgeräte für Straßburg stehen noch im Hof. Wer kann sie heute verladen?"},
		{Say: "Ich übernehme das, der LKW kommt um 11 Uhr.", Fix: "Ich übernehme das, der LKW kommt um 10:45 Uhr."},
		{Say: "Super, danke! {who} hat die Lieferscheine."},
	}},
	{Lang: "de", Lines: []Line{
		{Say: "Kurze Frage: Gilt die neue Reisekostenrichtlinie auch für Österreich?"},
		{Say: "Ja, aber mit anderen Tagessätzen (30,00 € statt 28,00 €)."},
	}},
	{Lang: "fr", Lines: []Line{
		{Say: "Bonjour à tous, le comité de jeudi est décalé à 14 h 30. L’ordre du jour ne change pas."},
		{Say: "Très bien. Est-ce que quelqu’un a les chiffres de novembre ?"},
		{Say: "Je les ai envoyés à {who} hier soir : 1 204 commandes, +12 %.", Fix: "Je les ai envoyés à {who} hier soir : 1 240 commandes, +15 %."},
		{Say: "Bien reçu, merci beaucoup !"},
	}},
	{Lang: "fr", Lines: []Line{
		{Say: "La machine à café du deuxième étage est « en maintenance » depuis mardi…"},
		{Say: "Le technicien passe demain matin, courage !"},
	}},
	{Lang: "es", Lines: []Line{
		{Say: "¿Alguien sabe por qué el pedido de Núñez e Hijos sigue pendiente?"},
		{Say: "Falta la firma del cliente. Lo llamo mañana a primera hora."},
		{Say: "Gracias. ¡Y que confirmen el año: pone 2025!", Fix: "Gracias. ¡Y que confirmen el año: pone 2025 y es 2026!"},
	}},
	{Lang: "es", Lines: []Line{
		{Say: "Mañana hacemos el inventario en Logroño, cerramos a las 13:00."},
		{Say: "¿Necesitáis ayuda? Puedo ir con {who}."},
		{Say: "Sí, por favor, a las ocho en la puerta."},
	}},
	{Lang: "pt", Lines: []Line{
		{Say: "Atenção: a migração do servidor de ficheiros começa às 22h. Guardem o vosso trabalho, por favor."},
		{Say: "As ligações antigas continuam a funcionar?"},
		{Say: "Sim, durante três meses.", Fix: "Sim, durante três meses — até ao fim de fevereiro."},
	}},
	{Lang: "sv", Lines: []Line{
		{Say: "Hej! Är någon på plats i Göteborg idag och kan öppna för elektrikern?"},
		{Say: "Jag är där från klockan åtta."},
		{Say: "Perfekt, tack så mycket {who}!"},
	}},
	{Lang: "pl", Lines: []Line{
		{Say: "Cześć, czy ktoś mógłby sprawdzić zgłoszenie nr 4417? Klient czeka od wczoraj."},
		{Say: "Już patrzę. Wygląda na błąd w cenniku."},
		{Say: "Poprawione, proszę odświeżyć stronę.", Fix: "Poprawione, proszę odświeżyć stronę (Ctrl+F5)."},
	}},
	{Lang: "cs", Lines: []Line{
		{Say: "Prosím o zpětnou vazbu k návrhu smlouvy do pátku, příští týden už jde k podpisu."},
		{Say: "Bod 7.3 je podle mě příliš přísný, zkusím navrhnout jiné znění."},
	}},
	{Lang: "tr", Lines: []Line{
		{Say: "Arkadaşlar, İzmir deposundaki sayım yarın sabah başlıyor. Listeyi kim çıkarabilir?"},
		{Say: "Ben çıkarırım, öğlene kadar hazır olur."},
		{Say: "Teşekkürler {who}, ışıklar için de elektrikçiyi aradım.", Fix: "Teşekkürler {who}, ışıklar için elektrikçi 10:00'da gelecek."},
	}},
	{Lang: "vi", Lines: []Line{
		{Say: "Chào cả nhà, lịch giao hàng tuần này thay đổi: Đà Nẵng chuyển sang thứ Năm."},
		{Say: "Khách hàng đã được báo chưa ạ?"},
		{Say: "Mình vừa gọi xong, họ đồng ý rồi."},
	}},
	{Lang: "hu", Lines: []Line{
		{Say: "Sziasztok! A győri gépsor újraindítása csúszik, várhatóan fél öt után indulhat."},
		{Say: "Köszönöm, szólok a műszakvezetőnek."},
	}},
}

var cyrillicGreekTalk = []Conversation{
	{Lang: "ru", Lines: []Line{
		{Say: "Коллеги, отчёт за третий квартал нужен к пятнице. Кто может собрать данные по регионам?"},
		{Say: "Я возьму Север и Урал."},
		{Say: "Тогда остальное за мной. {who}, пришли, пожалуйста, прошлогодние цифры.", Fix: "Тогда остальное за мной. {who}, пришли, пожалуйста, цифры за 2024 и 2025 годы."},
		{Say: "Отправил. Обратите внимание: в июле счёт дважды."},
	}},
	{Lang: "ru", Lines: []Line{
		{Say: "Принтер на четвёртом этаже снова жуёт бумагу. Заявку № 118 открыл."},
		{Say: "Мастер будет после обеда, пользуйтесь пока пятым этажом."},
	}},
	{Lang: "uk", Lines: []Line{
		{Say: "Доброго ранку! Поїзд із Києва запізнюється, почнемо нараду о 10:30."},
		{Say: "Гаразд, я попереджу клієнта. Чи є вже переклад їхнього листа?"},
		{Say: "Є, у теці «Ґрунт і вода», файл від {who}."},
	}},
	{Lang: "el", Lines: []Line{
		{Say: "Καλημέρα, το πλοίο από τον Πειραιά έφτασε νωρίτερα. Ποιος μπορεί να παραλάβει τα δέματα;"},
		{Say: "Εγώ, σε μισή ώρα θα είμαι εκεί."},
		{Say: "Ωραία, τα έγγραφα τα έχει η γραμματεία.", Fix: "Ωραία, τα έγγραφα τα έχει η γραμματεία (γραφείο 12)."},
	}},
}
