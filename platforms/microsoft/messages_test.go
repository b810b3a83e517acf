package microsoft

import (
	"slices"
	"testing"
	"time"

	"miohub/platforms"
	"miohub/platforms/richtext"
	world "miohub/platforms/sandbox"
)

func draft(room platforms.RoomID, root platforms.MessageID, text string) platforms.Draft {
	return platforms.Draft{Room: room, Root: root, FirstTried: time.Now(), Body: richtext.Doc{
		{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: text}, {Text: " <b>", Style: richtext.Bold}}},
	}}
}

// standing lists the texts of the bridge account's messages that stand.
func (x *tenant) standing(room string) []string {
	var list []string
	for _, m := range x.Messages(room) {
		if m.Author == x.Bridge && m.Deleted.IsZero() {
			list = append(list, normalText(m.Wire))
		}
	}
	return list
}

func TestARefusalKeepsWhatWasSaidToItself(t *testing.T) {
	g, _ := answers(t, map[string]string{"POST /v1.0/teams/T/channels/C/messages": `{"error":{"code":"BadRequest","message":"Cannot post our secret plan here."}}`})
	d := draft("T/C", "", "")
	d.Body = richtext.Doc{{Kind: richtext.Paragraph, Spans: []richtext.Span{{Text: "our secret "}, {Text: "plan", Style: richtext.Bold}}}}
	_, err := (&messages{graph: g}).Send(t.Context(), d)
	if e, ok := asError(err); !ok || e.Text != "Cannot post … here." {
		t.Errorf("refused with %v", err)
	}
}

func TestMessagesArePostedEditedAndDeleted(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, one, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	theirs := x.say(id, one, "", "hello")
	x.settle()
	root, err := c.Messages.Send(t.Context(), draft(room, "", "root"))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := c.Messages.Send(t.Context(), draft(room, messageID(room, theirs.ID, ""), "reply"))
	if err != nil {
		t.Fatal(err)
	}
	if root.ID != root.Root || reply.Root != messageID(room, theirs.ID, "") || reply.ID == reply.Root || root.Version == "" {
		t.Errorf("root %+v, reply %+v", root, reply)
	}
	if got := x.standing(id); !slices.Equal(got, []string{"root <b>", "reply <b>"}) {
		t.Errorf("messages are %q", got)
	}
	edited, err := c.Messages.Edit(t.Context(), platforms.Target{Room: room, ID: reply.ID, Root: reply.Root}, draft(room, reply.Root, "better"))
	if err != nil || edited.Version == reply.Version || edited.ID != reply.ID {
		t.Errorf("edit: %+v, %v", edited, err)
	}
	for range 2 { // the second time is a no-op
		if err := c.Messages.Delete(t.Context(), platforms.Target{Room: room, ID: root.ID, Root: root.Root}); err != nil {
			t.Error(err)
		}
	}
	if got := x.standing(id); !slices.Equal(got, []string{"better <b>"}) {
		t.Errorf("messages are %q", got)
	}
	if err := c.Messages.Delete(t.Context(), platforms.Target{Room: room, ID: messageID(room, theirs.ID, "")}); platforms.KindOf(err) != platforms.Forbidden {
		t.Errorf("deleting somebody else's message: %v", err)
	}
	if n := c.Calls().Made; n == 0 {
		t.Error("no call was counted")
	}
}

func TestUncertainSendsAreFoundAndNeverRepeated(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, one, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	theirs := x.say(id, one, "", "hello")
	x.settle()
	thread := messageID(room, theirs.ID, "")
	arrived := map[string]world.Fault{
		"the connection is lost after the effect": {After: true, Drop: true},
		"the server fails after the effect":       {After: true, Status: 503, Body: `{"error":{"code":"ServiceUnavailable","message":"later"}}`},
		"the answer is no answer":                 {After: true, Status: 502, Body: "<h1>Bad gateway</h1>"},
	}
	for name, fault := range arrived {
		for _, root := range []platforms.MessageID{"", thread} {
			fault.ID, fault.API, fault.Method, fault.Path, fault.Times = "f", "graph", "POST", "/messages", 1
			known := map[platforms.MessageID]bool{}
			same, err := c.Messages.Send(t.Context(), draft(room, root, name))
			if err != nil {
				t.Fatal(err)
			}
			known[same.ID] = true
			before := len(x.standing(id))
			x.world.Faults.Set(fault)
			d := draft(room, root, name)
			if _, err := c.Messages.Send(t.Context(), d); platforms.KindOf(err) != platforms.Uncertain {
				t.Fatalf("%s: got %v (%s)", name, err, platforms.KindOf(err))
			}
			found, err := c.Messages.FindSent(t.Context(), d, func(m platforms.MessageID) bool { return known[m] })
			if err != nil || len(found) != 1 || known[found[0].ID] || len(x.standing(id)) != before+1 {
				t.Errorf("%s in %q: found %+v, %v; %d messages more", name, root, found, err, len(x.standing(id))-before)
			}
		}
	}
	x.world.Faults.Set(world.Fault{ID: "f", API: "graph", Method: "POST", Path: "/messages", Times: 1, Drop: true})
	before, d := x.standing(id), draft(room, "", "never arrives")
	if _, err := c.Messages.Send(t.Context(), d); platforms.KindOf(err) != platforms.Uncertain {
		t.Errorf("got %v", err)
	}
	found, err := c.Messages.FindSent(t.Context(), d, func(platforms.MessageID) bool { return false })
	if err != nil || len(found) != 0 || len(x.standing(id)) != len(before) {
		t.Errorf("found %+v, %v", found, err)
	}
}

func TestLookingForASendTakesItsTimeAndTellsOfEach(t *testing.T) {
	x := open(t)
	c := x.connect()
	room, id, _, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	none := func(platforms.MessageID) bool { return false }
	d := draft(room, "", "twice")
	for range 2 {
		if _, err := c.Messages.Send(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	x.settle()
	if found, err := c.Messages.FindSent(t.Context(), d, none); err != nil || len(found) != 2 || found[0].ID == found[1].ID {
		t.Errorf("two that say the same are found as %+v, %v", found, err)
	}
	// With the same words but another file it is another message.
	d.Files = []platforms.Upload{{Ref: `{"id":"` + itemID + `","url":"https://c.sharepoint.example/f","name":"f"}`, Name: "f"}}
	before := c.Calls().Made
	found, err := c.Messages.FindSent(t.Context(), d, none)
	if err != nil || len(found) != 0 {
		t.Errorf("found %+v, %v", found, err)
	}
	if looks := c.Calls().Made - before; looks < int(readBack/lookAgain) {
		t.Errorf("none was answered after %d looks", looks)
	}
	if len(x.standing(id)) != 2 {
		t.Errorf("messages are %q", x.standing(id))
	}
}
