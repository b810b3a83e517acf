package activity

import (
	"context"
	"log/slog"
	"slices"

	"miohub/app/store"
	"miohub/platforms"
)

// Logger is a slog.Logger that writes to the activity log in the name of actor.
// Records below level are passed over. The attributes code, platform, room,
// person, subject and requestID fill the entry's fields; all others are detail.
func (l *Log) Logger(actor string, level slog.Level) *slog.Logger {
	return slog.New(&handler{log: l, actor: actor, level: level})
}

// handler implements slog.Handler.
type handler struct {
	log    *Log
	actor  string
	level  slog.Level
	attrs  []slog.Attr // with their groups' names in front
	prefix string
}

var _ slog.Handler = (*handler)(nil)

// Enabled implements slog.Handler.
func (h *handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := *h
	next.attrs = slices.Clone(h.attrs)
	for _, a := range attrs {
		next.attrs = append(next.attrs, slog.Attr{Key: h.prefix + a.Key, Value: a.Value})
	}
	return &next
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	next := *h
	if name != "" {
		next.prefix = h.prefix + name + "."
	}
	return &next
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	e := Entry{Time: r.Time, Level: store.LevelInfo, Actor: h.actor, Code: h.actor, Text: r.Message}
	if r.Level >= slog.LevelWarn {
		e.Level = store.LevelProblem
	}
	detail := map[string]any{}
	for _, a := range h.attrs {
		e.take("", a, detail)
	}
	r.Attrs(func(a slog.Attr) bool {
		e.take(h.prefix, a, detail)
		return true
	})
	if len(detail) > 0 {
		e.Detail = detail
	}
	return h.log.Write(ctx, e)
}

// take puts an attribute where it belongs.
func (e *Entry) take(prefix string, a slog.Attr, detail map[string]any) {
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		inner := prefix
		if a.Key != "" {
			inner += a.Key + "."
		}
		for _, g := range v.Group() {
			e.take(inner, g, detail)
		}
		return
	}
	switch prefix + a.Key {
	case "code":
		e.Code = v.String()
	case "platform":
		e.Platform = platforms.ID(v.String())
	case "room":
		e.Room = v.String()
	case "person":
		e.Person = v.String()
	case "subject":
		e.Subject = v.String()
	case "requestID":
		e.RequestID = v.String()
	case "":
	default:
		if err, ok := v.Any().(error); ok {
			detail[prefix+a.Key] = err.Error()
			return
		}
		detail[prefix+a.Key] = v.Any()
	}
}
