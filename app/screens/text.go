package screens

import (
	"strconv"
	"strings"
	"time"

	"miohub/app/plan"
	"miohub/platforms"
)

// stamp is a time for the window; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// parsed reads a time from the window; zero for none.
func parsed(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339Nano, text)
}

// said is a time in a sentence.
func said(t time.Time) string { return t.Local().Format("2 January 15:04") }

func number(text string, otherwise int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return otherwise
	}
	return n
}

// refID is a reference as an id for the window, "" for none; a pair of them is
// parted by between, which no id contains.
func refID(r platforms.Ref) string {
	if r.IsZero() {
		return ""
	}
	return escapes.Replace(plan.RefKey(r))
}

const between = "~"

var (
	escapes   = strings.NewReplacer("%", "%25", between, "%7E")
	unescapes = strings.NewReplacer("%25", "%", "%7E", between)
)

// refOf undoes refID; zero for what is no id.
func refOf(id string) platforms.Ref {
	parts := strings.SplitN(unescapes.Replace(id), "|", 3)
	if len(parts) != 3 {
		return platforms.Ref{}
	}
	return platforms.Ref{Platform: platforms.ID(parts[0]), Tenant: platforms.TenantID(parts[1]), ID: parts[2]}
}

func pairID(left, right platforms.Ref) string { return refID(left) + between + refID(right) }

func pairOf(id string) (left, right platforms.Ref) {
	l, r, _ := strings.Cut(id, between)
	return refOf(l), refOf(r)
}

// fits reports whether every word of a search is in one of the texts.
func fits(search string, texts ...string) bool {
	all := strings.ToLower(strings.Join(texts, "\n"))
	for _, word := range strings.Fields(strings.ToLower(search)) {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

func sentence(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " ")
}
