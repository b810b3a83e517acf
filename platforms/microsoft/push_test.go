package microsoft

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/platforms"
	world "miohub/platforms/sandbox"
)

// listening is the tenant with change notifications on, and the push on its way.
func listening(t *testing.T, change func(*tenant)) (*tenant, *platforms.Connection, *followed, platforms.RoomID, string, string, func() error) {
	t.Helper()
	x := open(t)
	x.values.data[platforms.FeatureKey(platforms.FeaturePush)] = "on"
	c := x.connect()
	room, id, one, _ := x.channel()
	if err := c.RoomEdit.Seat(t.Context(), room, c.Seats[0].User, ""); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(x)
		c = x.again()
	}
	if len(c.Pushes) != 1 || c.Pushes[0].ID() != "eventhubs" {
		t.Fatalf("pushes are %v", c.Pushes)
	}
	f := follow(room)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Pushes[0].Listen(ctx, f) }()
	var err error
	done := false
	end := func() error {
		stop()
		if !done {
			err, done = <-ended, true
		}
		return err
	}
	t.Cleanup(func() { _ = end() })
	return x, c, f, room, id, one, end
}

// looked waits until the room is looked at.
func (f *followed) looked(t *testing.T, why string) {
	t.Helper()
	select {
	case <-f.asked:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: the room is not looked at; alive %v", why, f.alive)
	}
}

func TestGraphSaysThatARoomChanged(t *testing.T) {
	x, c, f, room, id, one, end := listening(t, nil)
	f.looked(t, "subscribed")
	first := x.say(id, one, "", "hello")
	x.settle()
	f.looked(t, "a message")
	if _, err := c.Messages.Send(t.Context(), draft(room, messageID(room, first.ID, ""), "ours")); err != nil {
		t.Fatal(err)
	}
	x.settle()
	f.looked(t, "a reply")
	if err := world.SwitchFault("microsoft.notifications-missed", true, x.emu); err != nil {
		t.Fatal(err)
	}
	x.say(id, one, "", "unheard")
	x.settle()
	for range 2 { // once when the feed began
		select {
		case <-f.lost:
		case <-time.After(20 * time.Second):
			t.Fatal("nobody said that notifications were lost")
		}
	}
	if err := end(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if len(f.alive) != 1 || f.alive[0] != nil {
		t.Errorf("alive %v", f.alive)
	}
}

// What is not acknowledged comes again: the place is kept only for what led to a
// look that was stored.
func TestWhatWasNotLookedAtComesAgain(t *testing.T) {
	x, c, f, room, id, one, end := listening(t, nil)
	f.looked(t, "subscribed")
	x.say(id, one, "", "first")
	x.settle()
	f.looked(t, "a message")
	f.mu.Lock()
	f.answer[room] = make(chan error) // no look is stored any more
	f.mu.Unlock()
	x.say(id, one, "", "second")
	x.settle()
	f.looked(t, "a message whose look is never stored")
	if err := end(); err != nil {
		t.Fatal(err)
	}
	again := follow(room)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- c.Pushes[0].Listen(ctx, again) }()
	again.looked(t, "after a restart") // its subscription was adopted, so nothing else asks for a look
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTheEventHubIsSetUpInAStepOfItsOwn(t *testing.T) {
	x := open(t)
	has := func() bool {
		return slices.ContainsFunc(Platform().Steps(x.values), func(s platforms.Step) bool { return s.ID == "push" })
	}
	if has() {
		t.Error("it is asked for although notifications are off")
	}
	x.values.data[platforms.FeatureKey(platforms.FeaturePush)] = "on"
	if !has() {
		t.Error("it is not asked for")
	}
	delete(x.values.data, keyHubConnection)
	if got := findings(x, x.again())[checkPush]; got.Status != platforms.Skipped {
		t.Errorf("before it is filled in: %+v", got)
	}
	for _, bad := range []string{"", "https://ns.servicebus.windows.net/eventhubname/graph?tenantId=c.example", "EventHub:https://ns.servicebus.windows.net/graph?tenantId=c.example",
		"EventHub:https://ns.servicebus.windows.net/eventhubname/graph", "EventHub:http://ns.servicebus.windows.net/eventhubname/graph?tenantId=c.example"} {
		if hubURL(bad) == "" {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{"EventHub:https://ns.servicebus.windows.net/eventhubname/graph?tenantId=c.example", "EventHub:https://v.vault.azure.net/secrets/s?tenantId=c.example"} {
		if why := hubURL(good); why != "" {
			t.Errorf("%q: %s", good, why)
		}
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	x.values.data[keyDomain] = "it's.example"
	cmd := exec.CommandContext(t.Context(), bash, "-n")
	cmd.Stdin = strings.NewReader(hubScript(x.values))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the script: %v\n%s", err, out)
	}
}

func TestAFeedThatCannotBeReachedSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*tenant)
		kind   platforms.Kind
	}{
		"the key is wrong": {func(x *tenant) {
			x.secrets.data[keyHubConnection] = strings.Replace(x.secrets.data[keyHubConnection], "SharedAccessKey=", "SharedAccessKey=x", 1)
		}, platforms.Forbidden},
		"the connection string is none": {func(x *tenant) { x.secrets.data[keyHubConnection] = "nonsense" }, platforms.Invalid},
		"nobody listens":                {func(x *tenant) { x.values.data[keyHubBroker] = "127.0.0.1:1" }, platforms.TryLater},
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t)
			x.values.data[platforms.FeatureKey(platforms.FeaturePush)] = "on"
			x.connect()
			if got := findings(x, x.again())[checkPush]; got.Status != platforms.Pass {
				t.Errorf("before: %+v", got)
			}
			c.change(x)
			if got := findings(x, x.again())[checkPush]; got.Status != platforms.Fail || got.Cause == "" || got.Fix == "" || got.FixURL == "" {
				t.Errorf("after: %+v", got)
			}
			f := follow()
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			err := x.again().Pushes[0].Listen(ctx, f)
			if platforms.KindOf(err) != c.kind || strings.Contains(err.Error(), "SharedAccessKey=") {
				t.Errorf("got %v (%s)", err, platforms.KindOf(err))
			}
			if len(f.alive) != 1 || f.alive[0] == nil {
				t.Errorf("alive %v", f.alive)
			}
		})
	}
}

func TestAnEventHubThatIsNotThereIsMissed(t *testing.T) {
	x := open(t)
	x.values.data[platforms.FeatureKey(platforms.FeaturePush)] = "on"
	x.connect()
	s, err := newSession(x.env)
	if err != nil {
		t.Fatal(err)
	}
	h := s.eventHubs()
	client, err := h.connect()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := h.there(t.Context(), client); err != nil {
		t.Errorf("the one that is there: %v", err)
	}
	h.secret = strings.Replace(h.secret, "EntityPath=", "EntityPath=other-", 1)
	if err := h.there(t.Context(), client); platforms.KindOf(err) != platforms.NotFound {
		t.Errorf("another: %v", err)
	}
}
