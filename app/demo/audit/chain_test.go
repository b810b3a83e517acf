package audit

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"miohub/platforms"
	googleplatform "miohub/platforms/google"
	microsoftplatform "miohub/platforms/microsoft"
	"miohub/platforms/richtext"
	"miohub/platforms/sandbox"
)

// settings are values in memory.
type settings struct {
	mu   sync.Mutex
	data map[string]string
}

func (s *settings) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data[key]
}

func (s *settings) Put(_ context.Context, key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data[key] = value
	return nil
}

func (s *settings) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.data, key)
	return nil
}

// connect sets a platform up on its emulated tenant.
func (s *stage) connect(p platforms.Platform, emu *sandbox.Emulator, base http.RoundTripper, signIns map[string]string) *platforms.Connection {
	s.t.Helper()
	env := platforms.Env{
		Values: &settings{data: maps.Clone(emu.Deployment())}, Secrets: &settings{data: map[string]string{}}, HTTP: base,
		Log: slog.New(slog.DiscardHandler), Now: time.Now, Pace: s.w.Clock.Speed,
		Admit: func(context.Context, string, string) error { return nil },
	}
	for _, step := range p.Steps(env.Values) {
		for _, part := range step.Parts {
			if part.Kind != platforms.PartAction {
				continue
			}
			a, _ := s.w.Tenant(emu.Tenant).Account(signIns[part.Action])
			var pages sync.WaitGroup
			env.Open = func(page string) error {
				pages.Go(func() {
					address := a.Login
					if address == "" {
						address = a.Address
					}
					if _, _, err := sandbox.NewBrowser(map[string]string{"address": address}).Open(s.t.Context(), page); err != nil {
						s.t.Error(err)
					}
				})
				return nil
			}
			_, err := p.Actions[part.Action](s.t.Context(), env)
			pages.Wait()
			s.must(err)
		}
	}
	conn, err := p.Connect(s.t.Context(), env)
	s.must(err)
	return conn
}

// relay reads one room through a source and sends what it finds to the other.
type relay struct {
	s        *stage
	tenant   string
	from, to *platforms.Connection
	room     platforms.RoomID
	target   platforms.RoomID
	cursor   platforms.Cursor
	done     int
	want     int
	cancel   context.CancelFunc
	failed   error
}

// Next implements platforms.Turns.
func (r *relay) Next(ctx context.Context) (platforms.Turn, error) {
	if r.failed != nil || r.done >= r.want {
		r.cancel()
		return platforms.Turn{}, ctx.Err()
	}
	return platforms.Turn{Room: r.room, Cursor: r.cursor}, sleep(ctx, 10*time.Millisecond)
}

// Put implements platforms.Sink.
func (r *relay) Put(ctx context.Context, _ platforms.RoomID, events []platforms.Event, next platforms.Cursor) error {
	r.cursor = next
	for _, e := range events {
		if e.Kind != platforms.MessageCreated || e.Own {
			continue
		}
		r.done++
		if err := r.send(ctx, e); err != nil {
			r.failed = err
		}
	}
	return nil
}

// Failed implements platforms.Sink.
func (r *relay) Failed(_ context.Context, _ platforms.RoomID, err error) { r.failed = err }

func (r *relay) send(ctx context.Context, e platforms.Event) error {
	author, _ := r.s.w.Tenant(r.tenant).Account(string(e.Author.User))
	c := r.s.comparison()
	body := richtext.Named(e.Body, func(user string) string {
		a, _ := r.s.w.Tenant(r.tenant).Account(user)
		return a.Name
	})
	mentioned := map[string]platforms.Mentioned{}
	for _, user := range richtext.Mentions(body) {
		if as := c.counterpart(r.tenant, user); as != "" {
			a, _ := r.s.w.Tenant(other(r.tenant)).Account(as)
			mentioned[user] = platforms.Mentioned{User: platforms.UserID(as), Name: a.Name}
		}
	}
	as := platforms.UserID("")
	if r.to.Messages.Features(r.target).PostAsPerson {
		as = platforms.UserID(c.counterpart(r.tenant, string(e.Author.User)))
	}
	name, origin := author.Name, microsoftLabel
	if r.tenant == google {
		origin = googleLabel
	}
	size := func(d richtext.Doc) int { return len(richtext.Plain(d)) * 2 }
	for i, part := range richtext.Split(body, r.to.Messages.Features(r.target).MaxBytes, size) {
		if as == "" {
			part = richtext.Label(part, name, origin)
		}
		d := platforms.Draft{Key: fmt.Sprintf("%s-%d", e.Key, i), Room: r.target, As: as, Body: part, Mentioned: mentioned, FirstTried: time.Now()}
		for {
			_, err := r.to.Messages.Send(ctx, d)
			if platforms.KindOf(err) == platforms.SlowDown {
				if err := sleep(ctx, platforms.RetryAfter(err)); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// TestClientsPassTheAudit carries every hard body both ways through the real
// clients: what they make of it must be what the audit takes for right.
func TestClientsPassTheAudit(t *testing.T) {
	s := newStage(t)
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	tg, tm := s.w.Tenant(google), s.w.Tenant(microsoft)
	g := s.connect(googleplatform.Platform(), s.emulators[google], base, map[string]string{"authorize": tg.Admin})
	m := s.connect(microsoftplatform.Platform(), s.emulators[microsoft], base, map[string]string{"authorize": tm.Admin, "bridge": tm.Bridge})
	channel, _ := tm.Room(s.pair.Room[microsoft])
	rooms := map[string]platforms.RoomID{google: platforms.RoomID("spaces/" + s.pair.Room[google]), microsoft: platforms.RoomID(channel.Group + "/" + channel.ID)}
	for _, seat := range g.Seats {
		s.must(g.RoomEdit.Seat(t.Context(), rooms[google], seat.User, platforms.UserID(s.people(google, true)[0].ID)))
	}
	for _, seat := range m.Seats {
		s.must(m.RoomEdit.Seat(t.Context(), rooms[microsoft], seat.User, ""))
	}
	conns := map[string]*platforms.Connection{google: g, microsoft: m}
	for _, tenant := range []string{google, microsoft} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r := &relay{s: s, tenant: tenant, from: conns[tenant], to: conns[other(tenant)], room: rooms[tenant], target: rooms[other(tenant)], cancel: cancel}
		var err error
		r.cursor, err = r.from.Sources[0].Start(ctx, r.room)
		s.must(err)
		matched, alone := s.people(tenant, true), s.people(tenant, false)
		voices := append(matched, alone...)
		hard := sandbox.Hard(sandbox.Run{Text: matched[0].Name, Mention: matched[0].ID})
		hard = append(hard, sandbox.Body{{Kind: "p", Runs: []sandbox.Run{{Text: alone[0].Name, Mention: alone[0].ID}, {Text: " is not there"}}}})
		for i, body := range hard {
			_, err := s.w.Say(tenant, s.pair.Room[tenant], voices[i%len(voices)].ID, "", s.newID[tenant](), body)
			s.must(err)
			r.want++
		}
		_ = r.from.Sources[0].Watch(ctx, r, r) // ends with its context
		s.must(r.failed)
		if r.done != r.want {
			t.Fatalf("%d of %d were seen", r.done, r.want)
		}
	}
	for _, f := range s.audit().Findings {
		t.Errorf("%+v", f)
	}
}
