package bridge

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/richtext"
)

// payload is what a sealed outbox row holds; erased once the row is done.
type payload struct {
	Body      richtext.Doc                   `json:"body"`
	Mentioned map[string]platforms.Mentioned `json:"mentioned,omitempty"`
	// Name and Origin make the label when the message is not posted as its
	// author. The label is put on at the time of sending, because a refusal to
	// post as a person turns the row into a labelled one.
	Name   string `json:"name"`
	Origin string `json:"origin"`
	// Only narrows a deletion to the part with this key.
	Only string `json:"only,omitempty"`
	// Files go with the message; Put are those that stand ready on the other side,
	// Missing what the note says about those that never will, by their place in Files.
	Files   []platforms.File         `json:"files,omitempty"`
	Put     map[int]platforms.Upload `json:"put,omitempty"`
	Missing map[int]string           `json:"missing,omitempty"`
	// Emoji and On are a reaction that is set or taken back, Author whose.
	Emoji  string `json:"emoji,omitempty"`
	On     bool   `json:"on,omitempty"`
	Author string `json:"author,omitempty"`
}

// stored is what a sealed inbox row holds.
type stored struct {
	Author platforms.Author `json:"author"`
	Body   richtext.Doc     `json:"body"`
	Lost   []string         `json:"lost,omitempty"`
	Files  []platforms.File `json:"files,omitempty"`
	Emoji  string           `json:"emoji,omitempty"`
	Own    bool             `json:"own,omitempty"`
	Key    string           `json:"key,omitempty"` // the draft key a platform returned
	Ver    string           `json:"ver,omitempty"`

	carried bool // something goes with the message, which may then be without text
}

// scopes under which inbox and outbox bodies are sealed.
const (
	sealInbox  = "inbox"
	sealOutbox = "outbox"
)

// draftKey is the stable key of a part of a message: the same message always
// gets the same key, whoever asks and however often.
func draftKey(source platforms.Ref, part int) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		string(source.Platform), string(source.Tenant), source.ID, strconv.Itoa(part)}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// again is the key of a part that is posted anew after an earlier post of it was
// deleted, so that a platform that knows the first key does not answer with what
// is gone. n is how many there were before.
func again(part string, n int) string {
	if n == 0 {
		return part
	}
	return part + "-" + strconv.Itoa(n+1)
}

// partOf is the key of the part that a draft's key belongs to.
func partOf(key string) string {
	part, _, _ := strings.Cut(key, "-")
	return part
}

// lostNote is the visible note about what could not be carried.
func lostNote(lost []string) richtext.Block {
	return richtext.Block{Kind: richtext.Paragraph, Spans: []richtext.Span{{
		Text: "[Not carried: " + strings.Join(lost, ", ") + "]", Style: richtext.Italic,
	}}}
}

// backoff is how long to wait before attempt n (1 for the first retry) of a
// send that failed without effect, in a real tenant's time.
func backoff(n int, asked time.Duration) time.Duration {
	d := time.Second << min(n, 6)
	return max(d, asked)
}

func unmarshal(b []byte, what string, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("read stored %s: %w", what, err)
	}
	return nil
}
