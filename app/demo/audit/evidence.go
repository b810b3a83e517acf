package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"miohub/platforms/sandbox"
)

// saidLine is a line of said.jsonl.
type saidLine struct {
	ID      string       `json:"id"`
	Tenant  string       `json:"tenant"`
	Pair    string       `json:"pair"` // the linked rooms it was said in, the same name in all files
	Room    string       `json:"room"`
	Author  string       `json:"author"`
	Name    string       `json:"name"` // of the author, as labels show it
	Time    string       `json:"time"` // as stamp writes it
	Thread  string       `json:"thread"`
	Version int          `json:"version"`
	Deleted bool         `json:"deleted"`
	Text    string       `json:"text"`           // final; "" when deleted
	Body    sandbox.Body `json:"body,omitempty"` // final, with styles
}

// seenLine is a line of google.jsonl and microsoft.jsonl.
type seenLine struct {
	ID      string `json:"id"`
	Pair    string `json:"pair"`
	Room    string `json:"room"`
	Author  string `json:"author"` // "app" for the Chat app
	Time    string `json:"time"`
	Thread  string `json:"thread"`
	Version string `json:"version"`
	Deleted bool   `json:"deleted"`
	Content string `json:"content"` // as read: Markdown, HTML
}

// stamp writes a time in UTC with all three digits of the millisecond, so that
// times sort as text too.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// Writable reports whether evidence can be written to a folder, which is made
// where it is missing.
func Writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	probe, err := os.CreateTemp(dir, ".probe-")
	if err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Evidence writes said.jsonl, what people said according to the World, and
// google.jsonl and microsoft.jsonl, what was read back from the tenants, so that
// anyone can count again. The folder is made where it is missing.
func (r Report) Evidence(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	said := make([]saidLine, 0, len(r.said))
	for _, s := range r.said {
		line := saidLine{ID: s.ID, Tenant: s.Tenant, Pair: r.pairs[key(s.Tenant, s.Room)], Room: s.Room, Author: s.Author, Name: r.names[key(s.Tenant, s.Author)], Time: stamp(s.Time), Thread: s.Root, Version: s.Version, Deleted: s.Deleted}
		if !s.Deleted {
			line.Text, line.Body = s.Body.Plain(), s.Body
		}
		said = append(said, line)
	}
	err := writeLines(filepath.Join(dir, "said.jsonl"), said)
	for _, tenant := range []string{google, microsoft} {
		read := make([]seenLine, 0, len(r.seen[tenant]))
		for _, m := range r.seen[tenant] {
			line := seenLine{ID: m.id, Pair: r.pairs[key(tenant, m.room)], Room: m.room, Author: m.author, Time: stamp(m.time), Thread: m.root, Version: m.version, Deleted: m.deleted, Content: m.content}
			if m.app {
				line.Author = "app"
			}
			read = append(read, line)
		}
		err = errors.Join(err, writeLines(filepath.Join(dir, tenant+".jsonl"), read))
	}
	return err
}

func writeLines[T any](path string, lines []T) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	defer func() {
		if closing := file.Close(); err == nil && closing != nil {
			err = fmt.Errorf("write evidence: %w", closing)
		}
	}()
	buffer := bufio.NewWriter(file)
	out := json.NewEncoder(buffer)
	out.SetEscapeHTML(false)
	for _, line := range lines {
		if err := out.Encode(line); err != nil {
			return fmt.Errorf("write evidence: %w", err)
		}
	}
	if err := buffer.Flush(); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	return nil
}
