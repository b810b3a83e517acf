package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"miohub/app/activity"
	"miohub/app/store"
	"miohub/platforms"
)

// Sources lists how changes in a platform's rooms can be noticed, by the value
// of platforms.KeySource, and which way is used. Looking comes first.
func (a *App) Sources(ctx context.Context, id platforms.ID) (offered []string, used string, err error) {
	conn, err := a.Connection(ctx, id)
	if err != nil {
		return nil, "", err
	}
	offered = []string{platforms.SourcePoll}
	for _, p := range conn.Pushes {
		offered = append(offered, p.ID())
	}
	used = a.Store.Values(id).Get(platforms.KeySource)
	if !slices.Contains(offered, used) {
		used = platforms.SourcePoll
	}
	return offered, used, nil
}

// SetSource chooses how changes in a platform's rooms are noticed. Invalid where
// the platform, or what was granted, does not offer it.
func (a *App) SetSource(ctx context.Context, id platforms.ID, source string) error {
	offered, used, err := a.Sources(ctx, id)
	if err != nil || used == source {
		return err
	}
	if !slices.Contains(offered, source) {
		return &platforms.Error{Kind: platforms.Invalid, Op: "choose how changes are noticed", Text: fmt.Sprintf("%q is not offered here; there are %s", source, strings.Join(offered, ", "))}
	}
	if err := a.Store.Values(id).Put(ctx, platforms.KeySource, source); err != nil {
		return err
	}
	a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "setup.source", Platform: id, Subject: source, Text: "How changes are noticed was set to " + source + "."})
	return a.Renew(ctx)
}
