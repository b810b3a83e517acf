package microsoft

import (
	"context"
	"strings"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// roomMaker makes standard channels, as the application.
type roomMaker struct{ graph *graph.Client }

const (
	maxChannelName        = 50   // characters
	maxChannelDescription = 1024 // characters
	// forbiddenInNames is what no channel name may hold (Limits and specifications
	// for Microsoft Teams: channel names).
	forbiddenInNames = "~#%&*{}+/\\:<>?|'\","
)

// channelName is why Teams would not take a channel's name, "" when it would. It
// is looked at before the call because Teams' own words name no character.
func channelName(name string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "A channel needs a name."
	case len([]rune(name)) > maxChannelName:
		return "The name of a channel has at most 50 characters."
	case strings.HasPrefix(name, "_"), strings.HasPrefix(name, "."), strings.HasSuffix(name, "."), strings.Contains(name, ".."):
		return "The name of a channel must not begin with “_” or “.”, end with “.”, or contain “..”."
	}
	if i := strings.IndexAny(name, forbiddenInNames+"\r\n\t"); i >= 0 {
		return "The name of a channel must not contain “" + strings.TrimSpace(name[i:i+1]) + "”. Teams forbids ~ # % & * { } + / \\ : < > ? | ' \" and , there."
	}
	return ""
}

// Make implements platforms.RoomMaker. Teams takes no key, but no second channel
// of the same name in a team either, so a lost answer is looked for by name.
func (r *roomMaker) Make(ctx context.Context, n platforms.NewRoom) (platforms.Room, error) {
	const op = "microsoft: create channel"
	if n.GroupID == "" {
		return platforms.Room{}, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: "A channel belongs to a team: choose one."}
	}
	if why := channelName(n.Name); why != "" {
		return platforms.Room{}, &platforms.Error{Kind: platforms.Invalid, Op: op, Text: why}
	}
	team, err := r.graph.Team(ctx, n.GroupID)
	if err != nil {
		return platforms.Room{}, fail("read team", err, harmless)
	}
	if _, taken, err := r.named(ctx, team, n.Name); err != nil {
		return platforms.Room{}, err
	} else if taken {
		return platforms.Room{}, &platforms.Error{Kind: platforms.Conflict, Op: op, Text: "The team has a channel of that name."}
	}
	made, err := r.graph.CreateChannel(ctx, n.GroupID, n.Name, shortened(n.Description))
	if err = fail("create channel", err, once); platforms.KindOf(err) == platforms.Uncertain {
		if there, found, look := r.named(ctx, team, n.Name); look == nil && found {
			return there, nil
		}
	}
	if err != nil {
		return platforms.Room{}, err
	}
	return room(team, made), nil
}

// named is the channel of that name in a team.
func (r *roomMaker) named(ctx context.Context, team graph.Team, name string) (platforms.Room, bool, error) {
	channels, err := r.graph.Channels(ctx, team.ID)
	if err != nil {
		return platforms.Room{}, false, fail("list channels", err, harmless)
	}
	for _, c := range channels {
		if strings.EqualFold(c.DisplayName, name) {
			return room(team, c), true, nil
		}
	}
	return platforms.Room{}, false, nil
}

func shortened(description string) string {
	if runes := []rune(description); len(runes) > maxChannelDescription {
		return string(runes[:maxChannelDescription-1]) + "…"
	}
	return description
}
