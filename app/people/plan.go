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
func Plan(left, right Directory, links []Link) []plan.Action {
	taken := map[platforms.Ref]bool{}
	for _, l := range links {
		taken[l.Left], taken[l.Right] = true, true
	}
	actions := changes(left, right, links)
	m := Find(left, right, func(r platforms.Ref) bool { return taken[r] })
	for _, match := range m.Matches {
		actions = append(actions, linkAction(left, right, match))
	}
	return actions
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

func changes(left, right Directory, links []Link) []plan.Action {
	inLeft, inRight := index(left), index(right)
	var actions []plan.Action
	for _, link := range links {
		l, lok := inLeft[platforms.UserID(link.Left.ID)]
		r, rok := inRight[platforms.UserID(link.Right.ID)]
		why := gone(left.Tenant, l, lok)
		if why == "" {
			why = gone(right.Tenant, r, rok)
		}
		name := show(l)
		if !lok {
			name = show(r)
		}
		switch {
		case why != "" && !link.Withdrawn:
			actions = append(actions, plan.Action{
				ID:    plan.ID(plan.Withdraw, plan.RefKey(link.Left), plan.RefKey(link.Right)),
				Verb:  plan.Withdraw,
				Title: fmt.Sprintf("Withdraw %s", name),
				Left:  link.Left, Right: link.Right, Before: "linked", After: "withdrawn",
				Reason: why, Undo: "Restore the person; the link itself is kept.",
			})
		case why == "" && link.Withdrawn:
			actions = append(actions, plan.Action{
				ID:    plan.ID(plan.Restore, plan.RefKey(link.Left), plan.RefKey(link.Right)),
				Verb:  plan.Restore,
				Title: fmt.Sprintf("Restore %s", name),
				Left:  link.Left, Right: link.Right, Before: "withdrawn", After: "linked",
				Reason: "Both accounts are active again.", Undo: "Withdraw the person again.",
			})
		}
	}
	return actions
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
