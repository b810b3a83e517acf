package sandbox

// latinCultures write with the Latin alphabet, most of them with diacritics.
var latinCultures = []culture{
	{
		lang: "en", countries: "GB US IE CA AU", weight: 16,
		given: "James Oliver Thomas Daniel Patrick Samuel Henry Aidan Marcus Callum Owen Gareth +Emma +Olivia +Charlotte " +
			"+Grace +Niamh +Zoë +Chloë +Siân +Renée +Harriet +Abigail +Fiona +Maeve",
		family: "Smith Taylor O'Brien MacDonald Walker Hughes Bennett Fitzgerald Turner Brontë Okafor Campbell Ashworth " +
			"Whitfield Lovelace Carter Sinclair Pemberton Llewellyn Doyle Kavanagh Foster Hayward Mbeki Winslow",
	},
	{
		lang: "de", countries: "DE AT CH", weight: 8,
		given: "Jürgen Björn Matthias Sören Günter Lukas Jörg Tobias Stefan Götz Moritz +Käthe +Jördis +Annelie +Sabine " +
			"+Bärbel +Friederike +Ulrike +Lena +Hannelore",
		family: "Müller Weiß Schröder Großmann Köhler Jäger Böhm Krüger Vogt Straßer Lindner Hofmann Büttner Schäfer " +
			"Löwe Dürr Kästner Fuchs Winkler Zöllner",
	},
	{
		lang: "fr", countries: "FR BE CH CA", weight: 7,
		given: "François Rémi Benoît Étienne Jérôme Loïc Gaël Théo Noël Cédric +Hélène +Océane +Anaïs +Maëlle +Zélie " +
			"+Eugénie +Solène +Agnès +Joëlle +Clémence",
		family: "Lefèvre Dubois Moreau Gaultier Bélanger Desprès Château Rousseau L'Hôpital Bérenger Lacroix Guérin " +
			"Mérimée Fontaine Hérault Côté Durand Tessier Pagès Crépeau",
	},
	{
		lang: "es", countries: "ES MX AR CO CL", weight: 8,
		given: "José Andrés Íñigo Raúl Martín Sebastián Joaquín Ángel Óscar Tomás +María +Lucía +Inés +Begoña +Sofía " +
			"+Ángela +Belén +Mónica +Rocío +Xóchitl",
		family: "García Núñez Ibáñez Peña Muñoz Álvarez Ordóñez Gutiérrez López Rodríguez Zúñiga Castaño Vélez Ríos " +
			"Quiñones Benítez Cordero Aragón Solís Yáñez",
	},
	{
		lang: "pt", countries: "BR PT", weight: 5,
		given: "João Antônio Luís Fábio Tomé Simão Caetano Otávio Estêvão Inácio +Conceição +Luísa +Letícia +Júlia " +
			"+Antónia +Íris +Fátima +Cecília +Mônica +Beatriz",
		family: "Gonçalves Conceição Magalhães Araújo Simões Brandão Guimarães Leitão Assunção Falcão Vilaça Patrício " +
			"Queirós Salomão Trindade Frazão Galvão Neves Proença Sabóia",
	},
	{
		lang: "sv", countries: "SE NO DK FI IS", weight: 6,
		given: "Søren Åke Björn Jørgen Häkan Øystein Þór Väinö Göran Eiríkur +Åsa +Märta +Bjørg +Þórdís +Äiju +Sólveig " +
			"+Maj-Britt +Hjördis +Gyða +Ragnhild",
		family: "Ångström Lindström Sørensen Bjørnson Hämäläinen Åkerlund Ødegård Østergaard Sjögren Kjær Mäkinen " +
			"Jónsdóttir Þorláksson Hedström Skarsgård Nygård Dahlström Ås Vänskä Grønvold",
	},
	{
		lang: "pl", countries: "PL", weight: 5,
		given: "Łukasz Paweł Michał Sławomir Grzegorz Kuba Stanisław Wojciech Błażej Jędrzej +Małgorzata +Agnieszka " +
			"+Żaneta +Łucja +Elżbieta +Bożena +Grażyna +Róża +Światosława +Zofia",
		family: "Wiśniewski/Wiśniewska Kowalczyk Wójcik Zieliński/Zielińska Szczęsny/Szczęsna Żuraw Gałązka Dąbrowski/Dąbrowska " +
			"Król Wróbel Łapiński/Łapińska Piątek Gołąb Jabłoński/Jabłońska Mączka Brzęczyszczykiewicz Świątek Kłos Żak Wrzesień",
	},
	{
		lang: "cs", countries: "CZ SK", weight: 4,
		given: "Jiří Ondřej Tomáš Lukáš Matěj Ľubomír Šimon Zdeněk Vojtěch Štěpán +Kateřina +Markéta +Zuzana +Žofie " +
			"+Ludmila +Božena +Růžena +Anežka +Šárka +Eliška",
		family: "Dvořák/Dvořáková Novák/Nováková Černý/Černá Říha/Říhová Šťastný/Šťastná Kučera/Kučerová Žižka/Žižková " +
			"Růžička/Růžičková Beneš/Benešová Hájek/Hájková Křížek/Křížková Ďurica/Ďuricová Veselý/Veselá Straka/Straková Tichý/Tichá",
	},
	{
		lang: "hu", countries: "HU", weight: 3, familyFirst: true,
		given:  "István László Győző Ödön Ágoston Gergő Bálint Ákos Zoltán Lőrinc +Erzsébet +Zsófia +Réka +Ildikó +Tünde +Piroska +Ágnes +Enikő",
		family: "Szőke Kővári Nagy Szűcs Gőz Tóth Kőműves Horváth Fekete Szabó Németh Lőrincz Győri Őry Bársony",
	},
	{
		lang: "tr", countries: "TR AZ", weight: 5,
		given: "Çağlar Özgür Işık Şükrü Yiğit Doğan Ömer Gökhan Barış Uğur +Gülşen +Çiğdem +Şebnem +Iğdır +Özlem +Ayşe " +
			"+Ebru +Nilüfer +İpek +Müge",
		family: "Yılmaz Çelik Şahin Öztürk Kılıç Güneş Ağaoğlu Koç Aydın Şimşek Karataş İnönü Uçar Erdoğmuş Bıçakçı " +
			"Ünal Özkan Əliyev Güler Tuğ",
	},
	{
		lang: "vi", countries: "VN", weight: 4, familyFirst: true,
		given: "Quốc_Bảo Đức_Anh Minh_Tuấn Hữu_Nghĩa Văn_Hùng Thành_Đạt +Thị_Hương +Ngọc_Ánh +Thùy_Dương +Bích_Phượng " +
			"+Mỹ_Duyên +Thanh_Thảo Xuân_Trường Việt_Cường +Kim_Oanh",
		family: "Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Trịnh",
	},
	{
		lang: "sw", countries: "KE NG GH ZA TZ", weight: 4,
		given:  "Kwame Tendai Olúwaṣeun Babátúndé Sipho Juma Chukwuemeka Mandla +Adébáyọ̀ +Wanjikũ +Nomvula +Ayọ̀délé +Zawadi +Akosua +Ṣadé",
		family: "Mwangi Ọláyínká Nkosi Achebe Kĩmani Adéyẹmí Dlamini Boateng Ngũgĩ Abubakar Mensah Ọ̀ṣọ́bà Zulu Otieno Kaunda",
	},
}
