package transport

import (
	"strings"
	"testing"
)

func TestWordsLoseWhatTheyQuote(t *testing.T) {
	long := strings.Repeat("the plan is secret ", 40)
	for _, c := range []struct{ words, message, want string }{
		{"Bad request.", "hello", "Bad request."},
		{"Cannot post 'hello there'.", "hello there", "Cannot post '…'."},
		{"Cannot post one / two", "one\n two \n", "Cannot post … / …"},
		{"Cannot post " + long[:100] + "…", long, "Cannot post …"},
		{"Something else went wrong…", long, "Something else went wrong…"},
		{"", "x", ""},
	} {
		if got := Unquoted(c.words, c.message); got != c.want {
			t.Errorf("Unquoted(%q, %.20q) = %q, want %q", c.words, c.message, got, c.want)
		}
	}
}
