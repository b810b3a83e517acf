package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"miohub/app/activity"
	"miohub/app/people"
	"miohub/app/plan"
	"miohub/app/store"
	"miohub/platforms"
)

// AccountPreview is what making an account for a person would bring with it.
type AccountPreview struct {
	Source   platforms.Ref
	Person   platforms.User
	Forecast platforms.Forecast
	// Err is why nothing can be foretold, nil when it can.
	Err error
}

// Possible reports whether the account could be made.
func (p AccountPreview) Possible() bool {
	return p.Err == nil && p.Forecast.Refused == "" && p.Forecast.Exists == nil
}

// PreviewAccounts foretells what making accounts on a platform for people of
// another would bring. It changes nothing.
func (a *App) PreviewAccounts(ctx context.Context, to platforms.ID, who []platforms.Ref, how plan.NewAccount, progress Progress) ([]AccountPreview, error) {
	accounts, _, err := a.accounts(ctx, to)
	if err != nil {
		return nil, err
	}
	out := make([]AccountPreview, 0, len(who))
	for i, ref := range who {
		report(progress, i, len(who), "Looking at what it would bring")
		one := AccountPreview{Source: ref}
		one.Person, one.Err = a.unserved(ctx, ref, to)
		if one.Err == nil {
			one.Forecast, one.Err = accounts.Forecast(ctx, newUser(one.Person, how))
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out = append(out, one)
	}
	return out, nil
}

// accounts is what makes accounts on a platform.
func (a *App) accounts(ctx context.Context, to platforms.ID) (platforms.Accounts, *platforms.Connection, error) {
	conn, err := a.Connection(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	if conn.Accounts == nil {
		return nil, nil, &platforms.Error{Kind: platforms.Unsupported, Op: "make an account",
			Text: "accounts can be made only while the feature for it is switched on and its permissions are granted"}
	}
	return conn.Accounts, conn, nil
}

// unserved is a person who is active and has no counterpart on a platform.
func (a *App) unserved(ctx context.Context, ref platforms.Ref, to platforms.ID) (platforms.User, error) {
	u, found, err := a.Store.User(ctx, ref)
	if err != nil {
		return u, err
	}
	conflict := func(text string) error {
		return &platforms.Error{Kind: platforms.Conflict, Op: "make an account", Text: text}
	}
	switch {
	case !found || u.State != platforms.Active:
		return u, conflict("the person's own account is not active")
	case ref.Platform == to:
		return u, conflict("the person is there already")
	}
	links, err := a.Store.PersonLinksOf(ctx, ref)
	if err != nil {
		return u, err
	}
	if slices.ContainsFunc(links, func(l store.PersonLink) bool { return l.Other(ref).Platform == to }) {
		return u, conflict("the person is linked with an account there")
	}
	return u, nil
}

func newUser(u platforms.User, how plan.NewAccount) platforms.NewUser {
	return platforms.NewUser{
		Address: u.Address, Name: u.Name, GivenName: u.GivenName, FamilyName: u.FamilyName,
		Guest: how.Guest, OrgUnit: how.OrgUnit, Country: how.Country,
	}
}

// ProposeAccounts puts accounts into the plan, where they stay until somebody
// decides. It makes none, and none of them when one is not possible.
func (a *App) ProposeAccounts(ctx context.Context, to platforms.ID, who []platforms.Ref, how plan.NewAccount, progress Progress) error {
	previews, err := a.PreviewAccounts(ctx, to, who, how, progress)
	if err != nil {
		return err
	}
	var refused []error
	for _, p := range previews {
		switch {
		case p.Err != nil:
			refused = append(refused, fmt.Errorf("%s: %w", name(p.Person), p.Err))
		case p.Forecast.Refused != "":
			refused = append(refused, fmt.Errorf("%s: %s", name(p.Person), p.Forecast.Refused))
		case p.Forecast.Exists != nil:
			refused = append(refused, fmt.Errorf("%s: there is an account with the address %s already; import it and link the two", name(p.Person), p.Forecast.Exists.Address))
		}
	}
	if len(refused) > 0 {
		return errors.Join(refused...)
	}
	for _, p := range previews {
		how.Notes, how.Costs = p.Forecast.Notes, p.Forecast.Costs
		body, err := json.Marshal(how)
		if err != nil {
			return fmt.Errorf("store a request for an account: %w", err)
		}
		if err := a.Store.SaveAccountRequest(ctx, store.AccountRequest{ID: accountID(p.Source, to), Source: p.Source, Platform: to, Body: body, By: a.who}); err != nil {
			return err
		}
		a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "people.account-asked", Platform: to, Subject: p.Source.ID, Person: p.Person.Address,
			Text: fmt.Sprintf("An account for %s (%s) was put into the plan.", name(p.Person), p.Person.Address)})
	}
	return a.replanned(ctx)
}

// WithdrawAccounts takes requests back whose accounts were not made.
func (a *App) WithdrawAccounts(ctx context.Context, to platforms.ID, who []platforms.Ref) error {
	for _, ref := range who {
		if err := a.Store.DeleteAccountRequest(ctx, accountID(ref, to)); err != nil {
			return err
		}
	}
	return a.replanned(ctx)
}

// ProposeAccountChange puts the suspension of an account that Mio Hub made, or its
// return, into the plan. No other account is ever touched.
func (a *App) ProposeAccountChange(ctx context.Context, made platforms.Ref, change store.AccountChange) error {
	err := a.Store.SetAccountChange(ctx, made, change, a.who)
	if errors.Is(err, store.ErrNotFound) {
		return &platforms.Error{Kind: platforms.Unsupported, Op: "change an account", Text: "Mio Hub changes only accounts that it made"}
	}
	if err != nil {
		return err
	}
	return a.replanned(ctx)
}

// replanned makes the plan follow what was asked for. Before both platforms are
// connected there is no plan to follow.
func (a *App) replanned(ctx context.Context) error {
	if _, err := a.Replan(ctx); err != nil && !errors.Is(err, ErrNotReady) {
		return err
	}
	return nil
}

func accountID(source platforms.Ref, to platforms.ID) string {
	return plan.ID(plan.CreateAccount, plan.RefKey(source), string(to))
}

// accountActions are the accounts that were asked for and can still be wanted.
func (a *App) accountActions(ctx context.Context) ([]plan.Action, error) {
	requests, err := a.Store.AccountRequests(ctx)
	if err != nil {
		return nil, err
	}
	var out []plan.Action
	for _, r := range requests {
		p, err := a.Platform(r.Platform)
		if err != nil {
			continue // a platform that this version does not know
		}
		// An account that was made and not linked is begun and not finished.
		act, wanted, err := a.createAction(ctx, p, r)
		if err == nil && !wanted && !r.Made.IsZero() {
			act, wanted, err = a.changeAction(ctx, p, r)
		}
		if err != nil {
			return nil, err
		}
		if wanted {
			out = append(out, act)
		}
	}
	return out, nil
}

const noAccount, hasAccount = "no account", "an account"

func (a *App) createAction(ctx context.Context, p platforms.Platform, r store.AccountRequest) (plan.Action, bool, error) {
	u, err := a.unserved(ctx, r.Source, r.Platform)
	if platforms.KindOf(err) == platforms.Conflict {
		return plan.Action{}, false, nil
	}
	if err != nil {
		return plan.Action{}, false, err
	}
	c, err := a.Store.Connection(ctx, r.Platform)
	if err != nil {
		return plan.Action{}, false, err
	}
	var how plan.NewAccount
	if err := json.Unmarshal(r.Body, &how); err != nil {
		return plan.Action{}, false, fmt.Errorf("read a request for an account: %w", err)
	}
	kind := "Make a member account"
	if how.Guest {
		kind = "Make a guest account"
	}
	reason := append([]string{"Asked for by " + r.By + "."}, how.Notes...)
	return plan.Action{
		ID: r.ID, Verb: plan.CreateAccount, Title: fmt.Sprintf("%s in %s for %s (%s)", kind, p.Name, name(u), u.Address),
		Left: r.Source, Right: platforms.Ref{Platform: r.Platform, Tenant: c.Tenant.ID},
		Before: noAccount, After: hasAccount, Reason: strings.Join(reason, " "), Risk: plan.RiskHigh, Account: &how,
		Undo: "Suspend the account, here or in the console. Mio Hub deletes no account.",
	}, true, nil
}

func (a *App) changeAction(ctx context.Context, p platforms.Platform, r store.AccountRequest) (plan.Action, bool, error) {
	if r.Change == store.NoChange {
		return plan.Action{}, false, nil
	}
	u, found, err := a.Store.User(ctx, r.Made)
	if err != nil || !found || u.State == platforms.Deleted {
		return plan.Action{}, false, err
	}
	act := plan.Action{
		ID: plan.ID(plan.SuspendAccount, plan.RefKey(r.Made)), Verb: plan.SuspendAccount, Left: r.Made, Risk: plan.RiskHigh,
		Title:  fmt.Sprintf("Suspend %s (%s) in %s", name(u), u.Address, p.Name),
		Before: string(platforms.Active), After: string(platforms.Suspended),
		Reason: "Mio Hub made this account. Asked for by " + r.By + ".", Undo: "Resume the account.",
	}
	if r.Change == store.Resume {
		act.ID, act.Verb = plan.ID(plan.ResumeAccount, plan.RefKey(r.Made)), plan.ResumeAccount
		act.Title = fmt.Sprintf("Resume %s (%s) in %s", name(u), u.Address, p.Name)
		act.Before, act.After = act.After, act.Before
		act.Undo = "Suspend the account again."
	}
	return act, string(u.State) == act.Before, nil
}

// accountState reads the present of a person who is to get an account.
func (h *hands) accountState(ctx context.Context, act plan.Action) (string, error) {
	r, _, err := h.a.Store.AccountRequest(ctx, act.ID)
	if err != nil {
		return "", err
	}
	u, err := h.a.unserved(ctx, act.Left, act.Right.Platform)
	var e *platforms.Error
	if errors.As(err, &e) && e.Kind == platforms.Conflict {
		links, err := h.a.Store.PersonLinksOf(ctx, act.Left)
		if !r.Made.IsZero() && slices.ContainsFunc(links, func(l store.PersonLink) bool { return l.Other(act.Left) == r.Made }) {
			return hasAccount, err // made and linked before we were interrupted
		}
		return e.Text, err
	}
	if err != nil {
		return "", err
	}
	accounts, _, err := h.a.accounts(ctx, act.Right.Platform)
	if err != nil {
		return "", err
	}
	f, err := accounts.Forecast(ctx, newUser(u, *act.Account))
	switch {
	case err != nil:
		return "", err
	case f.Exists != nil && !r.Tried.IsZero():
		return noAccount, nil // we were interrupted while making it
	case f.Exists != nil:
		return "an account with this address, which somebody else made", nil
	case f.Refused != "":
		return "an account that would be refused: " + f.Refused, nil
	case f.Costs && !act.Account.Costs:
		return "an account that would now use up a paid licence", nil
	}
	return noAccount, nil
}

// createAccount makes the account, takes it into the mirror and links it with the
// person. Everything in it may be repeated.
func (h *hands) createAccount(ctx context.Context, act plan.Action) error {
	u, found, err := h.a.Store.User(ctx, act.Left)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	accounts, conn, err := h.a.accounts(ctx, act.Right.Platform)
	if err != nil {
		return err
	}
	if err := h.a.Store.SetAccountTried(ctx, act.ID); err != nil {
		return err
	}
	do := accounts.Create
	if act.Account.Guest {
		do = accounts.Invite
	}
	made, err := do(ctx, newUser(u, *act.Account))
	if err != nil {
		return err
	}
	ref := platforms.Ref{Platform: act.Right.Platform, Tenant: conn.Tenant.ID, ID: string(made.ID)}
	// It is ours from here on, whatever fails after this.
	if err := h.a.Store.SetAccountMade(ctx, act.ID, ref); err != nil {
		return err
	}
	if act.Account.Licence != "" {
		if conn.Licences == nil {
			return unable("give a licence")
		}
		if err := conn.Licences.Assign(ctx, made.ID, act.Account.Licence); err != nil {
			return fmt.Errorf("the account was made, but not its licence: %w", err)
		}
	}
	if err := h.mirror(ctx, ref, made); err != nil {
		return err
	}
	_, err = h.a.Store.Link(context.WithoutCancel(ctx), store.PersonLink{Left: act.Left, Right: ref, Rule: string(people.RuleMade), State: store.PersonLinked, By: h.a.who})
	return err
}

// mirror takes one account into the mirror as it is now.
func (h *hands) mirror(ctx context.Context, ref platforms.Ref, u platforms.User) error {
	ctx = context.WithoutCancel(ctx)
	cursor, err := h.a.Store.UserCursor(ctx, ref.Platform)
	if err != nil {
		return err
	}
	_, err = h.a.Store.ImportUsers(ctx, ref.Platform, ref.Tenant, []platforms.User{u}, nil, false, cursor)
	return err
}

// changeState reads whether a made account is active or suspended.
func (h *hands) changeState(ctx context.Context, act plan.Action) (string, error) {
	u, found, err := h.a.Store.User(ctx, act.Left)
	if err != nil || !found {
		return "an account that is gone", err
	}
	return string(u.State), nil
}

func (h *hands) changeAccount(ctx context.Context, act plan.Action) error {
	accounts, _, err := h.a.accounts(ctx, act.Left.Platform)
	if err != nil {
		return err
	}
	do, state := accounts.Suspend, platforms.Suspended
	if act.Verb == plan.ResumeAccount {
		do, state = accounts.Resume, platforms.Active
	}
	u, found, err := h.a.Store.User(ctx, act.Left)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	if err := do(ctx, u.ID); err != nil {
		return err
	}
	u.State = state
	if err := h.mirror(ctx, act.Left, u); err != nil {
		return err
	}
	return h.a.Store.SetAccountChange(ctx, act.Left, store.NoChange, h.a.who)
}
