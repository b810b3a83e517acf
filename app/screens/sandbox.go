package screens

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"miohub/app"
	"miohub/app/store"
	"miohub/app/ui"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// Sandbox says which sandbox tenants are made for the window.
type Sandbox struct {
	Size sandbox.Size
	// Google and Microsoft are CSV exports to make them from, "" for none.
	Google, Microsoft string
}

// trial is the World behind the window.
type trial struct {
	*app.Trial
	dir     string // of this World's database
	exports ui.ExportReport
	unwatch func()
}

// openTrial makes a World and a hub on it, in a folder of its own: nothing that
// was connected before can be reached from it.
func (h *Hub) openTrial(ctx context.Context, google, microsoft string) (*live, error) {
	w, report, err := makeWorld(h.o.Sandbox.Size, google, microsoft)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(h.o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the sandbox: %w", err)
	}
	dir, err := os.MkdirTemp(h.o.Dir, "sandbox-")
	if err != nil {
		return nil, fmt.Errorf("make the sandbox: %w", err)
	}
	served, err := app.StartTrial(h.ctx, h.o.Platforms, w)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	t := &trial{Trial: served, dir: dir, exports: report}
	l, err := h.open(ctx, dir, t)
	if err != nil {
		t.close()
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return l, nil
}

func makeWorld(size sandbox.Size, google, microsoft string) (*sandbox.World, ui.ExportReport, error) {
	report := ui.ExportReport{Files: ui.Exports{GoogleCSV: google, MicrosoftCSV: microsoft}}
	if google == "" && microsoft == "" {
		return sandbox.New(size), report, nil
	}
	var from [2]io.Reader // nil where no file was given
	for i, path := range []string{google, microsoft} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, report, fmt.Errorf("open the file of users: %w", err)
		}
		defer f.Close()
		from[i] = f
	}
	w, left, err := sandbox.FromCSV(size, from[0], from[1])
	if err != nil {
		return nil, report, err
	}
	names := map[string]string{"google": filepath.Base(google), "microsoft": filepath.Base(microsoft)}
	for _, p := range left {
		report.LeftOut = append(report.LeftOut, ui.LeftOut{File: cmp.Or(names[p.File], p.File), Line: p.Line, Reason: p.Reason})
	}
	for _, name := range w.Tenants() {
		t := w.Tenant(name)
		report.Used += len(t.Accounts())
		for _, added := range []string{t.Admin, t.Bridge} {
			if added != "" {
				report.Used-- // added to the files' people
			}
		}
	}
	return w, report, nil
}

// follow tells the window whenever somebody says something in the World.
func (t *trial) follow(events ui.Events) {
	t.unwatch = t.World.Watch(func(sandbox.Change) { events.Emit(string(ui.TopicSandbox)) })
}

// redeploy ships one platform's files again, to a hub that has erased them.
func (t *trial) redeploy(ctx context.Context, a *app.App, id platforms.ID) error {
	e := t.Emulators[id]
	if e == nil {
		return nil
	}
	return a.UseSandbox(ctx, t.World.Clock.Speed, map[platforms.ID]map[string]string{id: e.Deployment()})
}

func (t *trial) close() {
	if t.unwatch != nil {
		t.unwatch()
	}
	t.Close()
}

// Sandbox implements ui.Hub.
func (h *Hub) Sandbox() ui.SandboxHub {
	if h.o.Sandbox == nil {
		return nil
	}
	return h
}

var _ ui.SandboxHub = (*Hub)(nil)

// UseExports implements ui.SandboxHub. The World, its tenants and the database
// are made anew in a folder of their own; the ones before are closed.
func (h *Hub) UseExports(ctx context.Context, files ui.Exports, up ui.Progress) (ui.ExportReport, error) {
	if h.o.Sandbox == nil {
		return ui.ExportReport{}, ui.ErrNoSandbox
	}
	progress(up)(0, 0, "Reading the files")
	next, err := h.openTrial(ctx, files.GoogleCSV, files.MicrosoftCSV)
	if err != nil {
		return ui.ExportReport{}, err
	}
	progress(up)(0, 0, "Putting them in place")
	h.mu.RLock()
	if h.live != nil {
		h.live.end() // whoever is waiting inside lets go
	}
	h.mu.RUnlock()
	h.mu.Lock()
	before := h.live
	if before == nil {
		h.mu.Unlock()
		return ui.ExportReport{}, errors.Join(errClosed, next.close())
	}
	h.live = next
	h.mu.Unlock()
	err = before.close()
	return next.trial.exports, errors.Join(err, os.RemoveAll(before.trial.dir))
}

// SandboxState implements ui.SandboxHub.
func (h *Hub) SandboxState(ctx context.Context) (ui.SandboxState, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.SandboxState, error) {
		out := ui.SandboxState{Exports: l.trial.exports}
		counts := l.trial.Running.Counts()
		for _, p := range l.app.Platforms() {
			t := l.trial.World.Tenant(string(p.ID))
			if t == nil {
				continue
			}
			one := ui.SandboxTenant{Name: t.Name, Platform: p.Name, Org: t.Org, People: len(t.Accounts()), Rooms: len(t.Rooms())}
			if len(t.Domains) > 0 {
				one.Domain = t.Domains[0]
			}
			for _, c := range counts {
				if c.Tenant == t.Name {
					one.Calls, one.Refused = one.Calls+c.Requests, one.Refused+c.Throttled
				}
			}
			out.Tenants = append(out.Tenants, one)
		}
		pairs, err := l.worldPairs(ctx)
		for _, p := range pairs {
			out.Pairs = append(out.Pairs, p.SandboxPair)
		}
		out.Faults = l.offeredFaults()
		return out, err
	})
}

// worldPair is a pair of rooms of the World.
type worldPair struct {
	ui.SandboxPair
	room map[string]string        // by tenant
	link map[string]platforms.Ref // of the hub's link, by tenant; empty where not linked
}

// worldPairs are the seeded pairs and every other pair that is linked, linked ones first.
func (l *live) worldPairs(ctx context.Context) ([]worldPair, error) {
	links, err := l.app.Store.RoomLinks(ctx)
	if err != nil {
		return nil, err
	}
	var out []worldPair
	add := func(rooms map[string]string, link map[string]platforms.Ref) {
		p := worldPair{room: rooms, link: link}
		names := []string{"", ""}
		for i, platform := range l.app.Platforms()[:2] {
			id := rooms[string(platform.ID)]
			if t := l.trial.World.Tenant(string(platform.ID)); t != nil {
				if r, ok := t.Room(id); ok {
					names[i] = r.Name
				}
			}
			p.ID += between + id
		}
		p.Left, p.Right, p.Linked = names[0], names[1], link != nil
		out = append(out, p)
	}
	for _, link := range links {
		rooms := map[string]string{}
		for _, ref := range []platforms.Ref{link.Left, link.Right} {
			if id, ok := l.trial.roomOf(ref); ok {
				rooms[string(ref.Platform)] = id
			}
		}
		if link.State == store.RoomActive && len(rooms) == 2 {
			add(rooms, map[string]platforms.Ref{string(link.Left.Platform): link.Left, string(link.Right.Platform): link.Right})
		}
	}
	for _, p := range l.trial.World.Pairs() {
		if !slices.ContainsFunc(out, func(have worldPair) bool {
			return slices.ContainsFunc(l.trial.World.Tenants(), func(t string) bool { return have.room[t] == p.Room[t] })
		}) {
			add(p.Room, nil)
		}
	}
	return out, nil
}

// roomOf is the World's id of a room. A platform may put something before it:
// "spaces/", the team's id.
func (t *trial) roomOf(ref platforms.Ref) (string, bool) {
	tenant := t.World.Tenant(string(ref.Platform))
	if tenant == nil {
		return "", false
	}
	id := ref.ID
	for {
		if _, ok := tenant.Room(id); ok {
			return id, true
		}
		_, after, found := strings.Cut(id, "/")
		if !found {
			return "", false
		}
		id = after
	}
}

func (l *live) worldPair(ctx context.Context, id, tenant string) (worldPair, *sandbox.Tenant, error) {
	pairs, err := l.worldPairs(ctx)
	if err != nil {
		return worldPair{}, nil, err
	}
	t := l.trial.World.Tenant(tenant)
	i := slices.IndexFunc(pairs, func(p worldPair) bool { return p.ID == id })
	if i < 0 || t == nil {
		return worldPair{}, nil, &platforms.Error{Kind: platforms.NotFound, Op: "open the pane", Text: "there is no such pair of rooms any more"}
	}
	return pairs[i], t, nil
}

// keptInPane is how many messages a pane shows.
const keptInPane = 100

// Pane implements ui.SandboxHub.
func (h *Hub) Pane(ctx context.Context, pair, tenant string) (ui.Pane, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Pane, error) {
		p, t, err := l.worldPair(ctx, pair, tenant)
		if err != nil {
			return ui.Pane{}, err
		}
		room, _ := t.Room(p.room[tenant])
		out := ui.Pane{Tenant: tenant, Room: room.Name}
		linked, err := l.linkedAccounts(ctx, tenant)
		if err != nil {
			return out, err
		}
		for _, id := range t.MembersOf(room.ID) {
			a, ok := t.Account(id)
			if ok && id != t.Bridge && a.Licensed && !a.Suspended && a.Deleted.IsZero() {
				out.Speakers = append(out.Speakers, ui.Speaker{ID: a.ID, Name: a.Name, Address: a.Address, Counterpart: linked[a.ID]})
			}
		}
		slices.SortStableFunc(out.Speakers, func(a, b ui.Speaker) int {
			return cmp.Or(-cmp.Compare(strconv.FormatBool(a.Counterpart), strconv.FormatBool(b.Counterpart)), cmp.Compare(a.Name, b.Name))
		})
		messages := t.Messages(room.ID)
		for _, m := range messages[max(0, len(messages)-keptInPane):] {
			if m.Author == "" {
				continue // the tenant's own words: somebody joined
			}
			out.Messages = append(out.Messages, paneMessage(t, m))
		}
		return out, nil
	})
}

// linkedAccounts are the World's accounts of a tenant that are linked now.
func (l *live) linkedAccounts(ctx context.Context, tenant string) (map[string]bool, error) {
	links, err := l.app.Store.PersonLinks(ctx)
	out := map[string]bool{}
	for _, link := range links {
		for _, ref := range []platforms.Ref{link.Left, link.Right} {
			if link.State == store.PersonLinked && string(ref.Platform) == tenant {
				out[ref.ID[strings.LastIndex(ref.ID, "/")+1:]] = true
			}
		}
	}
	return out, err
}

func paneMessage(t *sandbox.Tenant, m sandbox.Message) ui.PaneMessage {
	name := "Mio (Chat app)"
	if a, ok := t.Account(m.Author); ok {
		name = a.Name
	}
	return ui.PaneMessage{ID: m.ID, Root: m.Root, Author: name, Text: m.Body.Plain(), Time: stamp(m.Created),
		Edited: !m.Edited.IsZero(), Deleted: !m.Deleted.IsZero(), Carried: carried(t, m)}
}

// carried: a client posted it. What a person of the World says has no wire form.
func carried(t *sandbox.Tenant, m sandbox.Message) bool {
	return m.Wire != "" || m.Author == t.Bridge || strings.HasPrefix(m.Author, "app:")
}

// Say implements ui.SandboxHub. The engine is told to look, as a busy room would
// soon be looked at anyway.
func (h *Hub) Say(ctx context.Context, pair, tenant, author, root, text string) (string, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (string, error) {
		if strings.TrimSpace(text) == "" {
			return "", errors.New("there is nothing to say")
		}
		p, _, err := l.worldPair(ctx, pair, tenant)
		if err != nil {
			return "", err
		}
		newID := l.trial.NewMessageIDs()[tenant]
		if newID == nil {
			return "", fmt.Errorf("nobody can speak in %s", tenant)
		}
		m, err := l.trial.World.Say(tenant, p.room[tenant], author, root, newID(), sandbox.Text(text))
		if err != nil {
			return "", err
		}
		if e := l.app.Engine(); e != nil && !p.link[tenant].IsZero() {
			e.Nudge(p.link[tenant])
		}
		return m.ID, nil
	})
}
