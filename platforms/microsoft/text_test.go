package microsoft

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"miohub/platforms"
	"miohub/platforms/richtext"
	"miohub/platforms/richtext/richtexttest"
)

func TestHTMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		doc := richtexttest.Doc().Draw(t, "doc")
		known := map[string]platforms.Mentioned{}
		for _, user := range richtext.Mentions(doc) {
			if rapid.Bool().Draw(t, "known") {
				known[user] = platforms.Mentioned{User: platforms.UserID(user), Name: "Name " + user}
			}
		}
		content, ats := renderHTML(doc, known)
		got, lost, err := parseHTML(content, ats)
		if err != nil {
			t.Fatal(err)
		}
		if len(lost) > 0 {
			t.Fatalf("lost %v of\n%s", lost, content)
		}
		want := richtext.Addressed(doc, func(user string) bool { _, ok := known[user]; return ok })
		want = richtext.Map(want, func(s richtext.Span) richtext.Span {
			if s.Mention != nil {
				s.Text = known[s.Mention.User].Name
			}
			return s
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("read back differs (-want +got):\n%s\nrendered:\n%s", diff, content)
		}
	})
}
