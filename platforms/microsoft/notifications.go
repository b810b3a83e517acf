package microsoft

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"miohub/platforms"
)

// notification is one change notification (resource type changeNotification).
type notification struct {
	Subscription string `json:"subscriptionId"`
	State        string `json:"clientState"`
	Resource     string `json:"resource"`       // "teams('…')/channels('…')/messages('…')"
	Lifecycle    string `json:"lifecycleEvent"` // "" for a change
}

// The lifecycle events (Reduce missing change notifications and removed
// subscriptions).
const (
	lifecycleReauthorize = "reauthorizationRequired"
	lifecycleRemoved     = "subscriptionRemoved"
	lifecycleMissed      = "missed"
)

// inbox deals with what comes from the event hub.
type inbox struct {
	state  string
	log    *slog.Logger
	looks  *looks
	keeper *keeper
	rooms  platforms.Followed
}

// take deals with one event of the hub, which may hold several notifications.
// What is malformed or not ours is skipped: whoever may write to the hub could
// have written it, and nothing but looks can be caused by it.
func (in *inbox) take(ctx context.Context, r *kgo.Record) {
	var body struct {
		Value []notification `json:"value"`
	}
	if err := json.Unmarshal(r.Value, &body); err != nil {
		in.log.Warn("an event of the hub is no change notification; skipped", "partition", r.Partition, "offset", r.Offset)
	}
	var rooms []platforms.RoomID
	for _, n := range body.Value {
		room, ok := in.one(r, n)
		if ok && !slices.Contains(rooms, room) {
			rooms = append(rooms, room)
		}
	}
	in.looks.begin(ctx, r, rooms)
}

// one is the room that a notification names; ok is false when it names none.
func (in *inbox) one(r *kgo.Record, n notification) (platforms.RoomID, bool) {
	if n.Subscription == "NA" {
		return "", false // Graph tries out whether the hub can be reached
	}
	if subtle.ConstantTimeCompare([]byte(n.State), []byte(in.state)) != 1 {
		in.log.Warn("a notification that is not ours; skipped", "partition", r.Partition, "offset", r.Offset)
		return "", false
	}
	switch n.Lifecycle {
	case "":
		room, ok := roomOf(n.Resource)
		if !ok {
			in.log.Warn("a notification names no channel; skipped", "partition", r.Partition, "offset", r.Offset)
		}
		return room, ok
	case lifecycleMissed:
		in.log.Info("Graph says that notifications were lost; every channel is looked at")
		in.rooms.Missed()
	case lifecycleReauthorize, lifecycleRemoved:
		in.keeper.told(n)
	default:
		in.log.Warn("a lifecycle notification of an unknown kind; skipped", "event", n.Lifecycle)
	}
	return "", false
}

// roomOf reads which channel a resource belongs to.
func roomOf(resource string) (platforms.RoomID, bool) {
	found := regexp.MustCompile(`^/?teams(?:\('|/)([0-9A-Za-z-]+)(?:'\))?/channels(?:\('|/)([^'/]+)(?:'\))?/messages`).FindStringSubmatch(resource)
	if found == nil {
		return "", false
	}
	return roomID(found[1], found[2]), true
}
