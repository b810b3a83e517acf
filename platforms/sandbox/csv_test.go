package sandbox

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

const (
	googleHead    = "First Name [Required],Last Name [Required],Email Address [Required],Org Unit Path [Required],Status [READ ONLY],Employee ID\n"
	microsoftHead = "userPrincipalName,displayName,surname,mail,givenName,objectId,userType,accountEnabled,usageLocation\n"
)

var (
	googleRows = googleHead +
		"Zoë,Brontë,zoe@corp.example,/Sales,Active,7\n" +
		"Li,王,LI@corp.example,/Eng,Suspended,\n" +
		"Old,Timer,old@corp.example,/,Archived,\n" +
		"Only,Google,g@labs.corp.example,/,Active,\n"
	microsoftRows = microsoftHead +
		"zoe@corp.example,Zoë Brontë,Brontë,,Zoë,0f0e0d0c-0b0a-4a0b-8c0d-0e0f0a0b0c0d,Member,True,GB\n" +
		"li.wang@corp.onmicrosoft.com,王 Li,王,li@corp.example,Li,,Member,False,CN\n" +
		"pat_partner.example#EXT#@corp.onmicrosoft.com,Pat,,,Pat,,Guest,True,\n"
)

// accountOf finds an account that must be there.
func accountOf(t *testing.T, w *World, tenant, key string) Account {
	t.Helper()
	a, ok := w.Tenant(tenant).Account(key)
	if !ok {
		t.Fatalf("%s has no account %q", tenant, key)
	}
	return a
}

func utf16File(t *testing.T, s string, end unicode.Endianness) string {
	t.Helper()
	wide, err := unicode.UTF16(end, unicode.UseBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return wide
}

func TestFromCSVTakesEveryEncodingAndSeparator(t *testing.T) {
	same := func(s string) string { return s }
	for name, form := range map[string]func(string) string{
		"UTF-8":              same,
		"byte order mark":    func(s string) string { return "\ufeff" + s },
		"UTF-16 LE":          func(s string) string { return utf16File(t, s, unicode.LittleEndian) },
		"UTF-16 LE, no mark": func(s string) string { return utf16File(t, s, unicode.LittleEndian)[2:] },
		"UTF-16 BE, no mark": func(s string) string { return utf16File(t, s, unicode.BigEndian)[2:] },
		"UTF-16 BE":          func(s string) string { return utf16File(t, s, unicode.BigEndian) },
		"semicolons":         func(s string) string { return strings.ReplaceAll(s, ",", ";") },
		"UTF-16 with tabs":   func(s string) string { return utf16File(t, strings.ReplaceAll(s, ",", "\t"), unicode.LittleEndian) },
		"CRLF":               func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"CR":                 func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
		"no last newline":    func(s string) string { return strings.TrimSuffix(s, "\n") },
		"spreadsheet hint":   func(s string) string { return "sep=,\n" + s },
		"everything quoted": func(s string) string {
			return `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(s, "\n"), ",", `","`), "\n", "\"\n\"") + `"`
		},
		"shouted, padded header": func(s string) string {
			head, rest, _ := strings.Cut(s, "\n")
			return " " + strings.ToUpper(strings.ReplaceAll(head, ",", " , ")) + " \n" + rest
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, problems, err := FromCSV(Size{Seed: 1, Rooms: 5}, strings.NewReader(form(googleRows)), strings.NewReader(form(microsoftRows)))
			if err != nil || len(problems) > 0 {
				t.Fatalf("problems %v, error %v", problems, err)
			}
			if g, m := len(w.Tenant("google").Accounts()), len(w.Tenant("microsoft").Accounts()); g != 5 || m != 5 {
				t.Errorf("accounts: %d and %d, want 5 and 5 (one and two added)", g, m)
			}
			zoe, other := accountOf(t, w, "google", "zoe@corp.example"), accountOf(t, w, "microsoft", "zoe@corp.example")
			if zoe.Name != "Zoë Brontë" || zoe.EmployeeID != "7" || zoe.OrgUnit != "/Sales" || zoe.Human != other.Human {
				t.Errorf("imported as %+v and %+v", zoe, other)
			}
			if other.ID != "0f0e0d0c-0b0a-4a0b-8c0d-0e0f0a0b0c0d" || other.Country != "GB" {
				t.Errorf("objectId or usageLocation lost: %+v", other)
			}
			li, wang := accountOf(t, w, "google", "li@corp.example"), accountOf(t, w, "microsoft", "li@corp.example")
			if !li.Suspended || !wang.Suspended || li.Human != wang.Human || wang.Login != "li.wang@corp.onmicrosoft.com" {
				t.Errorf("suspended pair imported as %+v and %+v", li, wang)
			}
			if old := accountOf(t, w, "google", "old@corp.example"); !old.Suspended {
				t.Error("an archived account is active")
			}
			if pat := accountOf(t, w, "microsoft", "pat@partner.example"); !pat.Guest {
				t.Errorf("a guest imported as %+v", pat)
			}
			if diff := cmp.Diff([]string{"corp.example", "labs.corp.example"}, w.Tenant("google").Domains); diff != "" {
				t.Error("Google's domains:", diff)
			}
			if diff := cmp.Diff([]string{"corp.example", "corp.onmicrosoft.com"}, w.Tenant("microsoft").Domains); diff != "" {
				t.Error("Microsoft's domains:", diff)
			}
		})
	}
}

func TestFromCSVTellsBadRowsByLineAndUsesTheRest(t *testing.T) {
	google := googleHead + // line 1
		"A,One,a@corp.example,/,Active,\n" + // 2
		"B,Two,,/,Active,\n" + // 3
		"\n" + // 4
		"\"C\nquoted, on two lines\",Three,c@corp.example,/,Active,\n" + // 5 and 6
		"D,Four,d@corp,/,Active,\n" + // 7
		"E,Five,A@CORP.example,/,Active,\n" + // 8
		"F,Six\n" + // 9
		"G,Seven,g@corp.example,/,Active,,extra\n" + // 10
		"H,\"Eight,h@corp.example,/,Active,\n" + // 11
		"I,Nine,i@corp.example,/,Active,\n" + // 12
		"J,6\" pipe,j@corp.example,/,Active,\n" + // 13
		"K,Eleven,k k@corp.example,/,Active,\n" // 14
	microsoft := microsoftHead +
		"a@corp.example,A,,,,,Member,True,\n" +
		",Nobody,,,,,Member,True,\n" +
		"x@corp.example,X,,a@corp.example,,,Member,True,\n" +
		"y@corp.example,Y,,not an address,,,Member,True,\n"
	w, problems, err := FromCSV(Size{Seed: 1}, strings.NewReader(google), strings.NewReader(microsoft))
	if err != nil {
		t.Fatal(err)
	}
	want := []RowProblem{
		{"google", 3, "no address"},
		{"google", 7, `malformed address "d@corp"`},
		{"google", 8, `"A@CORP.example" is on line 2 already`},
		{"google", 9, "2 columns instead of 6"},
		{"google", 10, "7 columns instead of 6"},
		{"google", 11, "a quotation mark is not closed, or a wrong number of columns"},
		{"google", 14, `malformed address "k k@corp.example"`},
		{"microsoft", 3, "no address"},
		{"microsoft", 4, `"a@corp.example" is on line 2 already`},
		{"microsoft", 5, `malformed address "not an address"`},
	}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Error(diff)
	}
	for _, good := range []string{"a@corp.example", "c@corp.example", "i@corp.example", "j@corp.example"} {
		accountOf(t, w, "google", good)
	}
	if c := accountOf(t, w, "google", "c@corp.example"); c.Given != "C\nquoted, on two lines" {
		t.Errorf("a quoted line break became %q", c.Given)
	}
}

func TestFromCSVRefusesTheWrongFile(t *testing.T) {
	for _, tc := range []struct{ name, google, microsoft, want string }{
		{"swapped", microsoftRows, googleRows, `"Email Address [Required]", "First Name [Required]", "Last Name [Required]"; it looks like Microsoft Entra's "Download users" file`},
		{"a column missing", googleRows, "displayName,mail\nA,a@corp.example\n", `the microsoft file is not Microsoft Entra's "Download users" file: it has no column "userPrincipalName"`},
		{"no header", "Zoë,Brontë,zoe@corp.example\n", microsoftRows, "it has no column"},
		{"empty", "", microsoftRows, "the google file is empty"},
		{"cut off", "\xff\xfea", microsoftRows, "odd number of bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := FromCSV(Size{}, strings.NewReader(tc.google), strings.NewReader(tc.microsoft))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want it to contain %q", err, tc.want)
			}
		})
	}
	if _, _, err := FromCSV(Size{}, nil, nil); err == nil {
		t.Error("no file at all is accepted")
	}
}

func TestFromCSVWorksWithHardlyAnybody(t *testing.T) {
	one := googleHead + "Ann,One,admin@corp.example,/,Active,\n"
	for _, tc := range []struct {
		name, google, microsoft string
	}{
		{"one person on both sides", one, microsoftHead + "admin@corp.example,Ann,,,,,Member,True,\n"},
		{"matched by sign-in name", one, microsoftHead + "admin@corp.example,Ann,,ann@corp.example,,,Member,True,\n"},
		{"different people", one, microsoftHead + "bob@corp.example,Bob,,,,,Member,True,\n"},
		{"nobody", googleHead, microsoftHead},
		{"one side only", one, ""},
		{"different people, suspended on one side", googleHead + "Ann,One,admin@corp.example,/,Suspended,\n", microsoftHead + "bob@corp.example,Bob,,,,,Member,True,\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var microsoft *strings.Reader
			var w *World
			var err error
			if tc.microsoft == "" {
				w, _, err = FromCSV(Size{Rooms: 6}, strings.NewReader(tc.google), nil)
			} else {
				microsoft = strings.NewReader(tc.microsoft)
				w, _, err = FromCSV(Size{Rooms: 6}, strings.NewReader(tc.google), microsoft)
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(w.Pairs()) == 0 {
				t.Error("there is no pair of rooms")
			}
			admin, bridge := w.Tenant("microsoft").Admin, w.Tenant("microsoft").Bridge
			if a := accountOf(t, w, "microsoft", admin); !a.Admin || a.Address == "admin@corp.example" {
				t.Errorf("administrator %+v", a)
			}
			if b := accountOf(t, w, "microsoft", bridge); b.Admin || !b.Licensed {
				t.Errorf("bridge account %+v", b)
			}
			if err := w.Converse(t.Context(), Talk{Messages: 30}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFromCSVReadsALargeOrganisation(t *testing.T) {
	var google, microsoft bytes.Buffer
	google.WriteString(googleHead)
	microsoft.WriteString(microsoftHead)
	const people = 30000
	for i := range people {
		fmt.Fprintf(&google, "First%d,\"Last, %d\",p%d@corp.example,/,Active,%d\n", i, i, i, i)
		fmt.Fprintf(&microsoft, "p%d@corp.example,First Last %d,,,,,Member,True,\n", i, i)
	}
	start := time.Now()
	w, problems, err := FromCSV(Size{Rooms: 50}, &google, &microsoft)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%d problems, error %v", len(problems), err)
	}
	t.Logf("%d people in %v", people, time.Since(start))
	if n := w.Size.People; n != people+2 {
		t.Errorf("%d people, want %d", n, people+2)
	}
}

func TestFromCSVUnderstandsOldSpreadsheets(t *testing.T) {
	google := googleHead + "J\xfcrgen,Gro\xdfmann,j@corp.example,/,Active,\n"
	w, _, err := FromCSV(Size{}, strings.NewReader(google), strings.NewReader(microsoftRows))
	if err != nil {
		t.Fatal(err)
	}
	if a := accountOf(t, w, "google", "j@corp.example"); a.Name != "Jürgen Großmann" {
		t.Errorf("Windows-1252 read as %q", a.Name)
	}
}
