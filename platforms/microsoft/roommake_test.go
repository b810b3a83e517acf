package microsoft

import (
	"net/http"
	"strings"
	"testing"

	"miohub/platforms"
	world "miohub/platforms/sandbox"
)

func TestChannelNamesAreCheckedBeforehand(t *testing.T) {
	for _, bad := range []string{"", " ", "a/b", "a#b", "50%", "a & b", "what?", "a\"b", "a'b", "a,b", "_a", ".a", "a.", "a..b", "tab\tbed", strings.Repeat("x", 51)} {
		if channelName(bad) == "" {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"General", "Büro Zürich", "v1.2", "a_b", "日本", strings.Repeat("ü", 50), "a – b", "(old)"} {
		if why := channelName(good); why != "" {
			t.Errorf("%q: %s", good, why)
		}
	}
}

func TestAChannelIsMadeOnce(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, _, _, _ := x.channel()
	p, err := place(room)
	if err != nil {
		t.Fatal(err)
	}
	n := platforms.NewRoom{Key: "k", Name: "Launch plans", Description: strings.Repeat("d", 2000), GroupID: p.Team}
	made, err := c.RoomMake.Make(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != n.Name || made.GroupID != p.Team || made.Group == "" || made.Kind != platforms.Channel || made.Unlinkable != "" || len([]rune(made.Description)) != maxChannelDescription {
		t.Errorf("made %+v", made)
	}
	if _, err := c.RoomMake.Make(t.Context(), n); platforms.KindOf(err) != platforms.Conflict {
		t.Errorf("the same name again: %v", err)
	}
	// The answer is lost after the channel was made.
	x.world.Faults.Set(world.Fault{ID: "f", API: "graph", Method: http.MethodPost, Path: "/channels", Times: 1, After: true, Drop: true})
	n.Name = "Lost and found"
	again, err := c.RoomMake.Make(t.Context(), n)
	if err != nil || again.Name != n.Name {
		t.Errorf("made %+v, %v", again, err)
	}
	count := 0
	for _, r := range x.Rooms() {
		if r.Group == p.Team && (r.Name == "Launch plans" || r.Name == "Lost and found") {
			count++
		}
	}
	if count != 2 {
		t.Errorf("%d channels were made", count)
	}
	// The answer is lost, and so was the request.
	x.world.Faults.Set(world.Fault{ID: "f", API: "graph", Method: http.MethodPost, Path: "/channels", Times: 1, Drop: true})
	n.Name = "Never made"
	if _, err := c.RoomMake.Make(t.Context(), n); platforms.KindOf(err) != platforms.Uncertain {
		t.Errorf("got %v", err)
	}
	for _, bad := range []platforms.NewRoom{{Name: "No team"}, {Name: "a/b", GroupID: p.Team}} {
		if _, err := c.RoomMake.Make(t.Context(), bad); platforms.KindOf(err) != platforms.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestMembersComeAndGo(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, _, _ := x.channel()
	var stranger, guest string
	for _, a := range x.Accounts() {
		if !a.Deleted.IsZero() || a.Suspended || x.InRoom(id, a.ID) || a.ID == x.Bridge {
			continue
		}
		if a.Guest {
			guest = a.ID
		} else {
			stranger = a.ID
		}
	}
	if stranger == "" {
		t.Fatal("everybody is in the team")
	}
	for _, who := range []string{stranger, guest} {
		if who == "" {
			continue
		}
		for range 2 { // the second time is a no-op
			if err := c.Members.Add(t.Context(), room, platforms.UserID(who), ""); err != nil {
				t.Fatal(err)
			}
		}
		if !x.InRoom(id, who) {
			t.Errorf("%s is not a member", who)
		}
		for range 2 {
			if err := c.Members.Remove(t.Context(), room, platforms.UserID(who), ""); err != nil {
				t.Fatal(err)
			}
		}
		if x.InRoom(id, who) {
			t.Errorf("%s is a member still", who)
		}
	}
	for _, r := range x.Rooms() {
		if r.Kind == "channel" {
			continue
		}
		if err := c.Members.Add(t.Context(), roomID(r.Group, r.ID), platforms.UserID(stranger), ""); platforms.KindOf(err) != platforms.Unsupported {
			t.Errorf("%s: added to its team: %v", r.Kind, err)
		}
		if err := c.Members.Remove(t.Context(), roomID(r.Group, r.ID), platforms.UserID(stranger), ""); platforms.KindOf(err) != platforms.Unsupported {
			t.Errorf("%s: removed from its team: %v", r.Kind, err)
		}
	}
}
