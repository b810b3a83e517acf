package screens

import (
	"cmp"

	"miohub/app"
	"miohub/app/people"
	"miohub/app/plan"
	"miohub/app/rooms"
	"miohub/app/ui"
	"miohub/platforms"
)

// labels name what a plan's actions are about, as it was last read.
type labels struct {
	users map[platforms.Ref]platforms.User
	rooms map[platforms.Ref]platforms.Room
}

func labelsOf(v *app.View) labels {
	out := labels{users: map[platforms.Ref]platforms.User{}, rooms: map[platforms.Ref]platforms.Room{}}
	for _, d := range []people.Directory{v.LeftPeople, v.RightPeople} {
		for _, u := range d.Users {
			out.users[d.Ref(u.ID)] = u
		}
	}
	for _, s := range []rooms.Side{v.LeftRooms, v.RightRooms} {
		for _, r := range s.Rooms {
			out.rooms[s.Ref(r.ID)] = r.Room
		}
	}
	return out
}

// name puts a short subject, and the other side's name, in place of the action's
// sentence. What is no longer there keeps the sentence.
func (l labels) name(row *ui.PlanRow, act plan.Action) {
	switch act.Verb {
	case plan.LinkPeople, plan.Withdraw, plan.Restore:
		left, lok := l.users[act.Left]
		right, rok := l.users[act.Right]
		if !lok && !rok {
			return
		}
		row.Subject = cmp.Or(left.Name, right.Name, left.Address, right.Address)
		if act.Verb == plan.LinkPeople && lok && rok {
			row.After = "linked: " + left.Address + " and " + right.Address
			if left.Address == right.Address {
				row.After = "linked: " + left.Address
			}
		}
	case plan.LinkRooms:
		left, lok := l.rooms[act.Left]
		right, rok := l.rooms[act.Right]
		if lok && rok {
			row.Subject, row.After = left.Name, "linked with "+roomName(right)
		}
	}
}

func roomName(r platforms.Room) string {
	if r.Group != "" {
		return r.Group + " › " + r.Name
	}
	return r.Name
}
