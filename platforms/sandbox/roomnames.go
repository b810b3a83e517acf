package sandbox

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// roomTopics are what rooms are about.
var roomTopics = []string{
	"Launch planning", "Incident review", "Data platform", "Customer feedback", "Hiring", "Website relaunch", "Forecast",
	"Coffee corner", "Warehouse move", "Payroll questions", "Security advisories", "Release train", "Budget", "Office moves",
	"Accessibility", "On-call handover", "Field service", "Price list", "Trade fair", "Mobile app", "Design reviews",
	"Öffentlichkeitsarbeit", "Qualitätssicherung", "Büro und Gebäude", "Réunion hebdo", "Développement durable", "Congés d’été",
	"Diseño de producto", "Atención al cliente", "Planificación", "Gestão de mudanças", "Reuniões", "Säkerhet", "Förbättringar",
	"Zarządzanie zmianą", "Księgowość", "Řízení projektů", "Ügyfélszolgálat", "Müşteri ilişkileri", "Bán hàng",
	"Продажи", "Техподдержка", "Логистика", "Розробка", "Звітність", "Πωλήσεις", "Ανάπτυξη προϊόντων", "التسويق", "الدعم الفني",
	"שיווק", "פיתוח", "市场部", "产品设计", "営業部", "開発チーム", "고객지원", "신제품 개발", "बिक्री", "तकनीकी सहायता", "বিক্রয়",
	"ฝ่ายขาย", "გაყიდვები", "Վաճառք", "விற்பனை",
}

// roomQualifiers tell rooms of one topic apart.
var roomQualifiers = []string{
	"", "", "EMEA", "Americas", "APAC", "Nordics", "Berlin", "Zürich", "São Paulo", "Kraków", "Malmö", "2026", "Phase 2",
	"Weekly", "Aurora", "Falcon", "Tier 2", "Québec", "Osaka", "İzmir", "Leads", "Pilot", "Newcomers",
}

// decoyWords make a room's name resemble another's that it has nothing to do with.
var decoyWords = []string{"archive", "social", "alumni", "vendors", "test", "old", "leads only", "off-topic", "pilot group", "read me"}

var teamNames = []string{
	"Sales", "Engineering", "Operations", "Finance", "Marketing", "Support", "Research", "People", "Legal", "Products",
	"Ventas", "Vertrieb", "Логістика", "研发", "サポート", "영업", "Produktion", "Achats", "Εξαγωγές", "المشتريات",
}

// roomNames gives out names that stay different from each other when case,
// punctuation and diacritics are ignored.
type roomNames struct {
	rng  *rand.Rand
	used map[string]bool
}

// bare is what is left of a name when case, marks and punctuation are ignored.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, norm.NFKD.String(cases.Fold().String(name)))
}

// next draws a name as topic and qualifier; the qualifier may be empty.
func (n *roomNames) next() (topic, qualifier string) {
	for try := 0; ; try++ {
		topic = roomTopics[n.rng.IntN(len(roomTopics))]
		qualifier = roomQualifiers[n.rng.IntN(len(roomQualifiers))]
		if try > 20 { // a large World: count on
			qualifier = strings.TrimSpace(qualifier + " " + strconv.Itoa(try))
		}
		if n.take(topic + " " + qualifier) {
			return topic, qualifier
		}
	}
}

func (n *roomNames) take(name string) bool {
	key := bare(name)
	if n.used[key] {
		return false
	}
	n.used[key] = true
	return true
}

func (n *roomNames) single() string {
	topic, qualifier := n.next()
	return strings.TrimSpace(topic + " " + qualifier)
}

// pair draws a name and writes it as two sets of people would.
func (n *roomNames) pair() (google, microsoft string) {
	topic, qualifier := n.next()
	google = strings.TrimSpace(topic + " " + qualifier)
	microsoft = google
	switch n.rng.IntN(9) {
	case 0:
		microsoft = strings.ReplaceAll(strings.ToLower(google), " ", "-")
	case 1:
		microsoft = withoutMarks(google)
	case 2:
		if qualifier != "" {
			google = topic + " – " + qualifier
		}
	case 3:
		google = norm.NFD.String(google)
	case 4:
		google = strings.ReplaceAll(google, " ", "_")
	case 5:
		microsoft = strings.ToUpper(microsoft)
	case 6:
		google = "#" + google
	}
	if bare(google) != bare(microsoft) { // some scripts lose letters when shouted
		microsoft = google
	}
	return google, microsoft
}

// withoutMarks drops the diacritics of Latin letters.
func withoutMarks(s string) string {
	var b strings.Builder
	latin := false
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) && latin {
			continue
		}
		latin = unicode.Is(unicode.Latin, r)
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// decoy makes a name that resembles one already given out.
func (n *roomNames) decoy(of string) string {
	for i, start := 0, n.rng.IntN(len(decoyWords)); i < len(decoyWords); i++ {
		name := of + " " + decoyWords[(start+i)%len(decoyWords)]
		if n.take(name) {
			return name
		}
	}
	return n.single()
}
