package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"miohub/platforms/sandbox"
)

// How much is shared, and how long it may take to arrive.
const (
	sharingPairs  = 3
	sharePatience = 90 * time.Second
)

// shared is a message with a file that somebody shared and somebody reacted to.
type shared struct {
	from, to       *sandbox.Tenant
	fromRoom, room string // where it was shared, and where its copy belongs
	message        string
	file           sandbox.File
	emoji          string // that stands; "" where nobody could react
	reactor        string // the account that the reaction must be seen of on the copy
}

// withdrawn is the reaction that everybody takes back again.
const withdrawn = "🎉"

// share lets people share files and react to them in some linked rooms, from both
// sides, and compares what the other side has with what was shared.
func (r *run) share(ctx context.Context, e *engine) error {
	r.o.Say("People share files and react to them")
	in, err := r.auditInput(ctx)
	if err != nil {
		return err
	}
	var all []shared
	for i, pair := range in.Pairs[:min(sharingPairs, len(in.Pairs))] {
		for side, names := range [][2]string{{"google", "microsoft"}, {"microsoft", "google"}} {
			from, to := r.world.Tenant(names[0]), r.world.Tenant(names[1])
			s := shared{from: from, to: to, fromRoom: pair.Room[names[0]], room: pair.Room[names[1]]}
			said, err := r.shareOne(&s, 2*i+side, in.Matched)
			if err != nil {
				return fmt.Errorf("share a file: %w", err)
			}
			if said {
				all = append(all, s)
			}
		}
	}
	r.report.Files.Shared = len(all)
	if len(all) == 0 {
		r.report.problem("nobody could share a file")
		return nil
	}
	return r.arrive(ctx, e, all)
}

// shareOne lets one person share a file, and a person with an account on both
// sides react to it twice and take one reaction back.
func (r *run) shareOne(s *shared, n int, matched map[string]string) (said bool, err error) {
	speakers, there := present(s.from, s.fromRoom), present(s.to, s.room)
	if s.to.Bridge == "" {
		// Only people can upload there: whoever shares has an account on both sides.
		speakers = slices.DeleteFunc(speakers, func(id string) bool { return !slices.Contains(there, counterpart(matched, id)) })
	}
	if len(speakers) == 0 {
		return false, nil
	}
	// Several chunks of an upload session, and contents that differ in every part.
	data := bytes.Repeat([]byte(fmt.Sprintf("part %d of a file\n", n)), 30+n*9000)
	s.file = sandbox.File{ID: fmt.Sprintf("shared%d", n), Name: fmt.Sprintf("figures-%d.txt", n), Type: "text/plain", Data: data}
	m, err := r.world.Share(s.from.Name, s.fromRoom, speakers[n%len(speakers)], "", r.trial.NewMessageIDs()[s.from.Name](),
		sandbox.Text(fmt.Sprintf("The figures of quarter %d are attached.", n)), []sandbox.File{s.file})
	if err != nil {
		return false, err
	}
	s.message = m.ID
	i := slices.IndexFunc(speakers, func(id string) bool { return slices.Contains(there, counterpart(matched, id)) })
	if i < 0 {
		return true, nil
	}
	s.emoji, s.reactor = "👍", counterpart(matched, speakers[i])
	if s.to.Bridge != "" {
		s.reactor = s.to.Bridge // nobody can react for another there
	}
	for _, step := range []struct {
		emoji string
		on    bool
	}{{s.emoji, true}, {withdrawn, true}, {withdrawn, false}} {
		if err := r.world.React(s.from.Name, s.fromRoom, m.ID, speakers[i], step.emoji, step.on); err != nil {
			return true, err
		}
	}
	return true, nil
}

// present are the people of a room who can speak there now.
func present(t *sandbox.Tenant, room string) []string {
	return slices.DeleteFunc(t.MembersOf(room), func(id string) bool {
		a, ok := t.Account(id)
		return !ok || id == t.Bridge || a.Guest || a.Suspended || !a.Licensed || !a.Deleted.IsZero()
	})
}

// counterpart is a matched person's other account, "" for none. matched leads from
// Google's accounts to Microsoft's.
func counterpart(matched map[string]string, account string) string {
	if other := matched[account]; other != "" {
		return other
	}
	for g, m := range matched {
		if m == account {
			return g
		}
	}
	return ""
}

// arrive waits until everything that was shared stands on the other side, and
// counts it.
func (r *run) arrive(ctx context.Context, e *engine, all []shared) error {
	limit := time.Now().Add(sharePatience)
	for {
		var wrong []string
		files, reactions, due := 0, 0, 0
		for _, s := range all {
			copied, problem := s.copy()
			if problem != "" {
				wrong = append(wrong, problem)
				continue
			}
			files++
			if s.emoji == "" {
				continue
			}
			due++
			if problem := s.reactions(copied); problem != "" {
				wrong = append(wrong, problem)
				continue
			}
			reactions++
		}
		r.report.Files.Arrived = files
		r.report.Reactions.Set, r.report.Reactions.Arrived = due, reactions
		if len(wrong) == 0 {
			return nil
		}
		if time.Now().After(limit) {
			for _, w := range wrong {
				r.report.problem("%s", w)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-e.done:
			return fmt.Errorf("the engine ended by itself: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// copy finds the message's copy by its file, which must be there once and byte for
// byte.
func (s shared) copy() (sandbox.Message, string) {
	var found []sandbox.Message
	for _, m := range s.to.Messages(s.room) {
		if m.Deleted.IsZero() && slices.ContainsFunc(m.Files, func(f sandbox.File) bool { return f.Name == s.file.Name }) {
			found = append(found, m)
		}
	}
	what := fmt.Sprintf("file: %s of %s/%s", s.file.Name, s.from.Name, s.message)
	switch {
	case len(found) == 0:
		return sandbox.Message{}, what + " did not arrive"
	case len(found) > 1:
		return found[0], fmt.Sprintf("%s stands %d times on the other side", what, len(found))
	case len(found[0].Files) != 1 || !bytes.Equal(found[0].Files[0].Data, s.file.Data):
		return found[0], what + " arrived with other contents"
	}
	return found[0], ""
}

// reactions says what is wrong with the reactions to the copy.
func (s shared) reactions(copied sandbox.Message) string {
	what := fmt.Sprintf("reaction: to %s/%s", s.from.Name, s.message)
	stands := 0
	for _, x := range copied.Reactions {
		switch {
		case x.Emoji == withdrawn:
			return what + ": one that was taken back still stands"
		case x.Emoji == s.emoji && x.Account == s.reactor:
			stands++
		default:
			return fmt.Sprintf("%s: %s by %s, which nobody set", what, x.Emoji, x.Account)
		}
	}
	if stands != 1 {
		return fmt.Sprintf("%s: it stands %d times", what, stands)
	}
	if own, ok := s.from.Message(s.fromRoom, s.message); !ok || len(own.Reactions) != 1 {
		return what + ": the copy's reactions came back"
	}
	return ""
}
