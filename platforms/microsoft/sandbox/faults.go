package sandbox

import (
	"strings"
	"sync"
	"time"

	world "miohub/platforms/sandbox"
)

// faults are what is wrong with the tenant at present.
type faults struct {
	world.Toggles

	mu    sync.Mutex
	since map[string]time.Duration // tenant time at which a fault was switched on
}

func (f *faults) begin(id string, now time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.since == nil {
		f.since = map[string]time.Duration{}
	}
	f.since[id] = now
}

// older reports whether the fault is on and at is not later than its beginning:
// what was made since then is not hit.
func (f *faults) older(id string, at time.Duration) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.On(id) && at <= f.since[id]
}

// namedFaults lists everything an administrator can meet here.
func (c *cloud) namedFaults() []world.NamedFault {
	var out []world.NamedFault
	for _, f := range entraFaults() {
		out = append(out, c.named(f.id, f.title, f.group, f.shows, nil))
	}
	return append(append(out, c.consentFaults()...), c.tenantFaults()...)
}

// named makes a fault that remembers when it was switched on.
func (c *cloud) named(id, title, group, shows string, changed func(on bool) error) world.NamedFault {
	return c.faults.Fault(world.NamedFault{ID: id, Title: title, Group: group, Shows: shows}, func(on bool) error {
		if on {
			c.faults.begin(id, c.world.Clock.Elapsed())
		}
		if changed != nil {
			return changed(on)
		}
		return nil
	})
}

// consentFaults are those of the consents given.
func (c *cloud) consentFaults() []world.NamedFault {
	const group = "Consent"
	hide := func(h hiding) func(on bool) error {
		return func(on bool) error { c.grants.hide(h, on); return nil }
	}
	list := []world.NamedFault{
		c.named("microsoft.consent-none", "Consent was never given, or was taken back", group,
			"The checks say that nothing was granted and offer both ways of consent; consenting again mends it.", hide(hideAll)),
		c.named("microsoft.consent-partly-revoked", "Consent was revoked in part", group,
			"The checks name the permissions that are missing; consenting again mends it.", hide(hideSome)),
		c.named("microsoft.consent-stale", "Consent is older than the app registration", group,
			"The checks say that the registration asks for more than was consented to; consenting again mends it.", hide(hideLast)),
		c.named("microsoft.consent-extra", "More was granted than the hub asks for", group,
			"The checks name what was granted beyond the table.", func(on bool) error { c.grants.addExtra(c.hub, on); return nil }),
		c.named("microsoft.consent-declined", "Whoever is asked for consent presses Cancel", group,
			"The step says that consent was declined, without alarm, and offers to try again.", nil),
		c.named("microsoft.not-administrator", "The administrator holds another role than is needed", group,
			"The step names the role found and leads to the link for a Privileged Role Administrator.", nil),
		c.named("microsoft.publisher-unverified", "The publisher is not verified, and users may not consent", group,
			"The sign-in page asks for an administrator's approval; the step explains why.", nil),
	}
	for i := range list[:3] {
		h := []hiding{hideAll, hideSome, hideLast}[i]
		list[i].On = func() bool { return c.grants.hides(h) } // a new consent mends it
	}
	return list
}

// tenantFaults are those of accounts, settings and Graph.
func (c *cloud) tenantFaults() []world.NamedFault {
	const accounts, settings, graph = "Accounts", "Settings", "Graph"
	bridge := func(change func(a *world.Account, on bool)) func(on bool) error {
		return func(on bool) error {
			return c.tenant.ChangeAccount(c.tenant.Bridge, func(a *world.Account) { change(a, on) })
		}
	}
	return []world.NamedFault{
		c.named("microsoft.account-disabled", "The bridge account is disabled", accounts,
			"The bridge account's check says that the account is disabled.", bridge(func(a *world.Account, on bool) { a.Suspended = on })),
		c.named("microsoft.bridge-unlicensed", "The bridge account has no Teams licence", accounts,
			"The bridge account's check asks for a licence that includes Teams.", bridge(func(a *world.Account, on bool) { a.Licensed = !on })),
		c.named("microsoft.bridge-guest", "The bridge account is a guest", accounts,
			"The bridge account's check asks for a member of the organisation.", bridge(func(a *world.Account, on bool) { a.Guest = on })),
		c.named("microsoft.bridge-administrator", "The bridge account is an administrator", accounts,
			"The bridge account's check warns.", bridge(func(a *world.Account, on bool) { a.Admin = on })),
		c.named("microsoft.invitations-disabled", "Guest invitations are disabled", settings,
			"The settings' check says so, with the page that allows them; an invitation is refused.", nil),
		c.named("microsoft.guests-in-groups-off", "Guests may not be added to groups", settings,
			"The settings' check says so.", nil),
		c.named("microsoft.directory-quota", "The directory holds as many objects as it may", settings,
			"Making an account is refused, and the plan says why.", nil),
		c.named("microsoft.no-licences", "No Teams licence is left", settings,
			"The settings' check says that none is free; assigning one is refused.", nil),
		c.named("microsoft.throttled", "Graph refuses every call for quota", graph,
			"Nothing fails for good: calls wait as long as Graph asks, and the log says so.", nil),
		c.named("microsoft.protected-api", "Messages are read without approval for protected APIs", graph,
			"The bridge says that the read was not allowed in this context.", nil),
		c.named("microsoft.delta-expired", "Delta links made so far have expired", graph,
			"The next import reads everything anew; nobody is taken for deleted.", nil),
		c.named("microsoft.notifications-missed", "Change notifications are lost", graph,
			"Graph says that it missed some; every channel is looked at, and nothing is lost.", nil),
		c.named("microsoft.subscription-expired", "Every change subscription has expired", graph,
			"The subscriptions are made anew, and their channels are looked at.", func(on bool) error {
				if on {
					c.events.drop(false)
				}
				return nil
			}),
		c.named("microsoft.subscription-removed", "Graph has removed every change subscription", graph,
			"The subscriptions are made anew at once, and their channels are looked at.", func(on bool) error {
				if on {
					c.events.drop(true)
				}
				return nil
			}),
		c.named("microsoft.claims-challenge", "Graph asks for a fresh proof of access (continuous access evaluation)", graph,
			"The token is fetched again with the claims; nothing is shown unless that fails.", nil),
	}
}

// registeredThumbprint is that of the certificate registered first.
func (c *cloud) registeredThumbprint(a *app) string {
	if list := c.certificates(a); len(list) > 0 {
		return list[0].name()
	}
	return strings.Repeat("0", 40)
}

// words fills a refusal's text with what it is about.
func (c *cloud) words(e *entraError, a *app, account string, more ...string) *entraError {
	who := c.upnOf(account)
	if who == "" {
		who = "EmailHidden"
	}
	now := c.world.Clock.Now()
	e.text = strings.NewReplacer(append(more,
		"{app}", a.id, "{name}", a.name, "{user}", who, "{org}", c.tenant.Org, "{tenant}", c.tenant.ID, "{resource}", graphAppID,
		"{issued}", now.Add(-48*time.Hour).Format("2006-01-02T15:04:05.0000000Z"), "{valid}", now.Format("2006-01-02T15:04:05.0000000Z"),
		"{thumbprint}", c.registeredThumbprint(a),
	)...).Replace(e.text)
	return e
}
