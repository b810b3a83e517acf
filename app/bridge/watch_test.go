package bridge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miohub/app/store"
	"miohub/platforms"
)

// looks are the entries about looking at rooms, the oldest first, as
// "room code" or, where looks had failed, "room code detail".
func (r *rig) looks() string {
	r.t.Helper()
	rows, err := r.log.Search(r.t.Context(), store.LogQuery{Limit: 1000})
	r.must(err)
	var out []string
	for _, row := range slices.Backward(rows) {
		if what, ok := strings.CutPrefix(row.Code, "bridge.look-"); ok {
			if what == "recovered" {
				what += string(row.Detail)
			}
			out = append(out, row.Room+" "+what)
		}
	}
	return strings.Join(out, ", ")
}

func TestRoomsThatCannotBeLookedAtDoNotFillTheLog(t *testing.T) {
	r := newRig(t)
	at := time.Now()
	r.now = func() time.Time { return at }
	e := r.engine()
	ctx := t.Context()
	r.must(e.Refresh(ctx))
	s := &sink{e: e, tenant: platforms.Tenant{Platform: google, ID: "Tgoogle"}, turns: e.turns[google]}
	fails := func(room platforms.RoomID, times int) {
		for i := range times {
			s.Failed(ctx, room, fail(platforms.SignInAgain, fmt.Sprint("token revoked ", i)))
		}
	}
	works := func(room platforms.RoomID) {
		cursor, err := r.st.Cursor(ctx, ref(google, string(room)))
		r.must(err)
		r.must(s.Put(ctx, room, nil, cursor))
	}
	works("one")
	r.equal(r.looks(), "")
	s.Failed(ctx, "one", fail(platforms.TryLater, "busy"))
	works("one")
	r.equal(r.looks(), "")

	fails("one", 100)
	fails("two", 1)
	want := "One failed, Two failed"
	r.equal(r.looks(), want)

	// 10 minutes of the tenant's time are 600 ms at this pace.
	at = at.Add(599 * time.Millisecond)
	fails("one", 100)
	r.equal(r.looks(), want)
	at = at.Add(time.Millisecond)
	fails("one", 100)
	want += ", One failed"
	r.equal(r.looks(), want)

	works("one")
	works("one")
	want += `, One recovered{"failed":300}`
	r.equal(r.looks(), want)
	fails("one", 2) // a new streak
	want += ", One failed"
	r.equal(r.looks(), want)

	// A room that is not looked at any more has nothing to recover from.
	r.must(r.st.SetRoomLinkState(ctx, r.roomLink("two").ID, store.RoomUnlinked, "dana"))
	r.must(e.Refresh(ctx))
	works("two")
	r.equal(r.looks(), want)
}
