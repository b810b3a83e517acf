// Package setup is the Connect wizard: steps, what has been done of them, and
// checks whose evidence is kept. It can be left and resumed at any point, and
// what could only be ticked at first is verified by itself once the grants work.
package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// fileKey is where a chosen file's text is handed to an action.
const fileKey = "file"

// donePrefix marks an action as done: the value says by whom and when.
const donePrefix = "done."

// changedKey holds when somebody last filled in, chose or did something here: what
// was skipped before then may be possible now.
const changedKey = "setup.changed"

// Wizard drives Connect for one platform.
type Wizard struct {
	Platform platforms.Platform
	Store    *store.Store
	Values   platforms.Values
	Secrets  platforms.Values
	// Env lends the platform its environment; open shows a page to the person.
	Env func(open func(url string) error) platforms.Env
	Now func() time.Time
	// Begin, where set, is asked before each action; an error refuses it.
	Begin func(context.Context) error
	// Who is whom ticks are recorded for.
	Who string
}

// Tick records, or takes back, that a person has confirmed a setting.
func (w *Wizard) Tick(ctx context.Context, part string, on bool) error {
	if !on {
		return w.Store.DeleteTick(ctx, w.Platform.ID, part)
	}
	if _, ok := w.part(platforms.PartTick, part); !ok {
		return fmt.Errorf("setup: %s has no checkbox %q", w.Platform.Name, part)
	}
	return w.Store.SaveTick(ctx, store.Tick{Platform: w.Platform.ID, ID: part, By: w.Who, At: w.Now()})
}

// SetField stores what was typed into a field or chosen there; "" empties it.
func (w *Wizard) SetField(ctx context.Context, part, value string) error {
	p, ok := w.part(platforms.PartField, part)
	if !ok {
		return fmt.Errorf("setup: %s has no field %q", w.Platform.Name, part)
	}
	value = strings.TrimSpace(value)
	if !offered(p, value) {
		return &platforms.Error{Kind: platforms.Invalid, Op: "fill in " + p.Label, Text: fmt.Sprintf("%q is none of %s", value, strings.Join(choices(p), ", "))}
	}
	if err := w.put(ctx, part, value, p.Secret); err != nil {
		return err
	}
	// It is the administrator's own now.
	return errors.Join(w.Values.Delete(ctx, shippedPrefix+part), w.changed(ctx))
}

// changed notes that something was filled in, chosen or done.
func (w *Wizard) changed(ctx context.Context) error {
	return w.Values.Put(ctx, changedKey, w.Now().Format(time.RFC3339Nano))
}

// lastChange is when that was; zero when it never was.
func (w *Wizard) lastChange() time.Time {
	at, err := time.Parse(time.RFC3339Nano, w.Values.Get(changedKey))
	if err != nil {
		return time.Time{}
	}
	return at
}

// offered: a field that offers choices takes nothing else.
func offered(p platforms.Part, value string) bool {
	return value == "" || len(p.Choices) == 0 || slices.Contains(choices(p), value)
}

func choices(p platforms.Part) []string {
	var out []string
	for _, c := range p.Choices {
		out = append(out, c.Value)
	}
	return out
}

// put stores a value where it belongs: sealed if it is a secret.
func (w *Wizard) put(ctx context.Context, key, value string, secret bool) error {
	to := w.Values
	if secret || secretKey(key) {
		to = w.Secrets
	}
	if value == "" {
		return to.Delete(ctx, key)
	}
	return to.Put(ctx, key, value)
}

// secretKey tells which values are sealed even where no part says so: those whose
// key says that they are secrets.
func secretKey(key string) bool { return strings.Contains(key, "secret") }

// PutFile hands a file's text to the action of a file part. What the action
// keeps is its own affair; the text itself is not kept.
func (w *Wizard) PutFile(ctx context.Context, part, text string) (string, error) {
	p, ok := w.part(platforms.PartFile, part)
	if !ok {
		return "", fmt.Errorf("setup: %s takes no file %q", w.Platform.Name, part)
	}
	said, err := w.take(ctx, p.Action, text)
	if err != nil {
		return said, err
	}
	return said, w.Values.Delete(ctx, shippedPrefix+part)
}

func (w *Wizard) take(ctx context.Context, action, text string) (string, error) {
	env := w.Env(nil)
	env.Values = overlay{Values: env.Values, key: fileKey, value: text}
	out, err := w.run(ctx, action, env)
	return out.Text, err
}

// Act runs an action: a sign-in or a consent in the person's browser.
func (w *Wizard) Act(ctx context.Context, action string, open func(url string) error) (platforms.Outcome, error) {
	return w.run(ctx, action, w.Env(open))
}

func (w *Wizard) run(ctx context.Context, action string, env platforms.Env) (platforms.Outcome, error) {
	f := w.Platform.Actions[action]
	if f == nil {
		return platforms.Outcome{}, fmt.Errorf("setup: %s has no action %q", w.Platform.Name, action)
	}
	if err := w.sameTenant(ctx); err != nil {
		return platforms.Outcome{}, err
	}
	if w.Begin != nil {
		if err := w.Begin(ctx); err != nil {
			return platforms.Outcome{}, fmt.Errorf("setup: %w", err)
		}
	}
	values, secrets := stage(env.Values), stage(env.Secrets)
	env.Values, env.Secrets = values, secrets
	out, acted := f(ctx, env)
	if err := w.keepTenant(ctx, out.Tenant); err != nil {
		return out, errors.Join(acted, err)
	}
	// What an action has found out is kept, even when it did not reach its end,
	// or its person has turned away meanwhile.
	ctx = context.WithoutCancel(ctx)
	if err := errors.Join(secrets.commit(ctx), values.commit(ctx)); err != nil {
		return out, errors.Join(acted, fmt.Errorf("setup: keep what was found: %w", err))
	}
	if acted != nil {
		return out, acted
	}
	done := w.Now().Format(time.RFC3339)
	if out.Account != "" {
		done = out.Account + ", " + done
	}
	return out, errors.Join(w.Values.Put(ctx, donePrefix+action, done), w.changed(ctx))
}

// sameTenant refuses to run anything while the database cannot be read.
func (w *Wizard) sameTenant(ctx context.Context) error {
	if _, err := w.Store.Connection(ctx, w.Platform.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("setup: %w", err)
	}
	return nil
}

// keepTenant records which organisation was proved, and refuses another one
// than the links in the database belong to.
func (w *Wizard) keepTenant(ctx context.Context, t platforms.Tenant) error {
	if t.ID == "" {
		return nil
	}
	c, err := w.Store.Connection(ctx, w.Platform.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("setup: %w", err)
	}
	if c.Tenant.ID != "" && c.Tenant.ID != t.ID {
		return &platforms.Error{
			Kind: platforms.Forbidden, Op: "sign in",
			Text: another(c, t),
		}
	}
	c.Platform, c.Tenant = w.Platform.ID, t
	if c.State != store.Connected {
		c.State = store.Connecting
	}
	return w.Store.SaveConnection(ctx, c)
}

// another explains why an administrator of another organisation is refused.
func another(c store.Connection, t platforms.Tenant) string {
	text := fmt.Sprintf("%s belongs to another organisation than %s (%s). ", t.Admin, c.Tenant.Name, c.Tenant.Domain)
	if c.State == store.Disconnected {
		return text + fmt.Sprintf("The links with %s are kept for as long as you chose when you disconnected; until then only its administrators can connect again.", c.Tenant.Domain)
	}
	return text + fmt.Sprintf("Disconnect %s first, or sign in as one of its administrators.", c.Tenant.Domain)
}

func (w *Wizard) part(kind platforms.PartKind, id string) (platforms.Part, bool) {
	for _, s := range w.Platform.Steps(w.Values) {
		for _, p := range s.Parts {
			if p.Kind == kind && p.ID == id {
				return p, true
			}
		}
	}
	return platforms.Part{}, false
}

// overlay lends one value for one call, without storing it.
type overlay struct {
	platforms.Values
	key, value string
}

// Get implements platforms.Values.
func (o overlay) Get(key string) string {
	if key == o.key {
		return o.value
	}
	return o.Values.Get(key)
}
