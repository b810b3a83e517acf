package people

import (
	"fmt"

	"miohub/app/plan"
	"miohub/platforms"
)

// Link is a stored pair of accounts.
type Link struct {
	Left, Right platforms.Ref
	Withdrawn   bool
}

// Plan proposes what should change about people: links for those who match,
// withdrawal for those who were suspended or deleted, and their return.
// Links of other tenants are left alone.
func Plan(left, right Directory, links []Link) []plan.Action {
	links = between(left, right, links)
	inLeft, inRight := index(left), index(right)
	taken := map[platforms.Ref]bool{}
	for _, l := range links {
		// A link whose other account was deleted is withdrawn, and keeps nobody
		// from being matched with the account that took the deleted one's place.
		taken[l.Left] = taken[l.Left] || exists(inRight, l.Right)
		taken[l.Right] = taken[l.Right] || exists(inLeft, l.Left)
	}
	actions := changes(left, right, links)
	m := Find(left, right, func(r platforms.Ref) bool { return taken[r] })
	for _, match := range m.Matches {
		if left.Outside[match.Left.ID] || right.Outside[match.Right.ID] {
			continue
		}
		a := linkAction(left, right, match)
		for _, first := range actions {
			if first.Verb == plan.Withdraw && (first.Left == a.Left || first.Right == a.Right) {
				a.Needs = append(a.Needs, first.ID)
			}
		}
		actions = append(actions, a)
	}
	return actions
}

// between are the links between the two directories, each turned so that Left
// is on the left.
func between(left, right Directory, links []Link) []Link {
	var out []Link
	for _, l := range links {
		if l.Left.Platform != left.Tenant.Platform {
			l.Left, l.Right = l.Right, l.Left
		}
		if l.Left == left.Ref(platforms.UserID(l.Left.ID)) && l.Right == right.Ref(platforms.UserID(l.Right.ID)) {
			out = append(out, l)
		}
	}
	return out
}

func exists(in map[platforms.UserID]platforms.User, ref platforms.Ref) bool {
	u, known := in[platforms.UserID(ref.ID)]
	return known && u.State != platforms.Deleted
}

func linkAction(left, right Directory, m Match) plan.Action {
	l, r := left.Ref(m.Left.ID), right.Ref(m.Right.ID)
	a := plan.Action{
		ID:    plan.ID(plan.LinkPeople, plan.RefKey(l), plan.RefKey(r)),
		Verb:  plan.LinkPeople,
		Title: fmt.Sprintf("Link %s (%s) with %s (%s)", show(m.Left), m.Left.Address, show(m.Right), m.Right.Address),
		Left:  l, Right: r,
		Before: "not linked", After: "linked",
		Reason: m.Rule.Words(), Rule: string(m.Rule),
		Undo: "Disable the person; nothing was changed on either platform.",
	}
	if !m.Sure {
		a.Risk = plan.RiskHigh
		a.Reason += ". " + m.Doubt
	}
	// Suspended accounts are matched, so that they are known when they return,
	// but nothing is carried in their names.
	why := gone(left.Tenant, m.Left, true)
	if why == "" {
		why = gone(right.Tenant, m.Right, true)
	}
	if why != "" {
		a.After = "withdrawn"
		a.Reason += ". Not enabled: " + why
	}
	return a
}

// changes proposes withdrawals first, and then the return of those whose
// accounts are free: linked with nobody else once the withdrawals are applied.
func changes(left, right Directory, links []Link) []plan.Action {
	inLeft, inRight := index(left), index(right)
	var actions []plan.Action
	var back []Link
	linked := map[platforms.Ref]bool{}
	withdrawn := map[platforms.Ref][]string{} // by account: the actions that free it
	for _, link := range links {
		l, lok := inLeft[platforms.UserID(link.Left.ID)]
		r, rok := inRight[platforms.UserID(link.Right.ID)]
		why := gone(left.Tenant, l, lok)
		if why == "" {
			why = gone(right.Tenant, r, rok)
		}
		outside := why == "" && (left.Outside[l.ID] || right.Outside[r.ID])
		if outside {
			why = "No longer among those who were chosen to take part."
		}
		name := show(l)
		if !lok {
			name = show(r)
		}
		switch {
		case why == "" && link.Withdrawn:
			back = append(back, link)
		case why == "":
			linked[link.Left], linked[link.Right] = true, true
		case !link.Withdrawn:
			a := withdrawAction(link, name, why)
			if outside {
				a.Risk = plan.RiskLow // a person decides: a group is changed by mistake sooner than an account is suspended
			}
			actions = append(actions, a)
			withdrawn[link.Left] = append(withdrawn[link.Left], a.ID)
			withdrawn[link.Right] = append(withdrawn[link.Right], a.ID)
		}
	}
	for _, link := range back {
		if linked[link.Left] || linked[link.Right] {
			continue
		}
		linked[link.Left], linked[link.Right] = true, true
		a := restoreAction(link, show(inLeft[platforms.UserID(link.Left.ID)]))
		a.Needs = append(append(a.Needs, withdrawn[link.Left]...), withdrawn[link.Right]...)
		actions = append(actions, a)
	}
	return actions
}

func withdrawAction(link Link, name, why string) plan.Action {
	return plan.Action{
		ID:    plan.ID(plan.Withdraw, plan.RefKey(link.Left), plan.RefKey(link.Right)),
		Verb:  plan.Withdraw,
		Title: fmt.Sprintf("Withdraw %s", name),
		Left:  link.Left, Right: link.Right, Before: "linked", After: "withdrawn",
		Reason: why, Undo: "Restore the person; the link itself is kept.",
	}
}

func restoreAction(link Link, name string) plan.Action {
	return plan.Action{
		ID:    plan.ID(plan.Restore, plan.RefKey(link.Left), plan.RefKey(link.Right)),
		Verb:  plan.Restore,
		Title: fmt.Sprintf("Restore %s", name),
		Left:  link.Left, Right: link.Right, Before: "withdrawn", After: "linked",
		Reason: "Both accounts are active again.", Undo: "Withdraw the person again.",
	}
}

func gone(t platforms.Tenant, u platforms.User, known bool) string {
	switch {
	case !known || u.State == platforms.Deleted:
		return fmt.Sprintf("The account was deleted in %s.", t.Name)
	case u.State == platforms.Suspended:
		return fmt.Sprintf("%s is suspended in %s.", u.Address, t.Name)
	}
	return ""
}

func index(d Directory) map[platforms.UserID]platforms.User {
	m := make(map[platforms.UserID]platforms.User, len(d.Users))
	for _, u := range d.Users {
		m[u.ID] = u
	}
	return m
}

func show(u platforms.User) string {
	if u.Name != "" {
		return u.Name
	}
	return u.Address
}
