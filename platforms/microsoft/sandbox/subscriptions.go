package sandbox

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	// maxSubscription is the longest life of a subscription to channel messages.
	maxSubscription = 4320 * time.Minute
	// quietSubscription is the longest life of one that takes no lifecycle notifications.
	quietSubscription = time.Hour
	// reauthorizeBefore is how long before its end a subscription's owner is asked to
	// renew it, in tenant time.
	reauthorizeBefore = 15 * time.Minute
	// maxClientState is how many characters a clientState may have.
	maxClientState = 128
)

// subscription has changes of one channel's messages told.
type subscription struct {
	id, resource      string
	changes           []string // created, updated, deleted
	url, lifecycleURL string
	state             string
	app               *app
	account           string // "" for the application
	room, team        string
	until             time.Time     // as the client wrote it
	expires           time.Duration // the same in tenant time
	asked             bool          // its owner was asked to renew it
}

func (s *subscription) object() map[string]any {
	return map[string]any{
		"id": s.id, "resource": s.resource, "applicationId": s.app.id, "changeType": strings.Join(s.changes, ","), "clientState": nil,
		"notificationUrl": s.url, "lifecycleNotificationUrl": orNull(s.lifecycleURL), "notificationQueryOptions": nil,
		"expirationDateTime": s.until.UTC().Format("2006-01-02T15:04:05.0000000Z"), "creatorId": orNull(s.account), "includeResourceData": nil,
		"latestSupportedTlsVersion": "v1_2", "encryptionCertificate": nil, "encryptionCertificateId": nil, "notificationUrlAppId": nil,
	}
}

// messagesOf reads the resource of a subscription to a channel's messages, with
// or without parentheses.
func messagesOf(resource string) (team, channel string, good bool) {
	found := regexp.MustCompile(`(?i)^/?teams(?:\('|/)([^'/]+)(?:'\))?/channels(?:\('|/)([^'/]+)(?:'\))?/messages$`).FindStringSubmatch(resource)
	if found == nil {
		return "", "", false
	}
	plain, err := url.PathUnescape(found[2])
	return strings.ToLower(found[1]), plain, err == nil
}

// createSubscription subscribes to a channel's messages; the permission is the
// one that reads them.
func (k *call) createSubscription() (*reply, error) {
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.knownProperties(in, "subscription"); err != nil {
		return nil, err
	}
	text := func(name string) string { s, _ := in[name].(string); return s }
	for _, need := range []string{"changeType", "notificationUrl", "resource", "expirationDateTime"} {
		if text(need) == "" {
			return nil, k.deny("graph.subscription.missing", need)
		}
	}
	s := &subscription{
		id: randomGUID(), resource: text("resource"), url: text("notificationUrl"), lifecycleURL: text("lifecycleNotificationUrl"),
		state: text("clientState"), app: k.who.app, account: k.who.account,
	}
	for _, c := range strings.Split(text("changeType"), ",") {
		if c = strings.TrimSpace(c); !slices.Contains([]string{"created", "updated", "deleted"}, c) {
			return nil, k.deny("graph.subscription.change-type", c)
		}
		s.changes = append(s.changes, c)
	}
	if rich, _ := in["includeResourceData"].(bool); rich {
		if text("encryptionCertificate") == "" || text("encryptionCertificateId") == "" {
			return nil, k.deny("graph.subscription.certificate")
		}
		return nil, notEmulated("notifications with resource data")
	}
	if len(s.state) > maxClientState {
		return nil, k.deny("graph.subscription.client-state")
	}
	if err := k.subscribeTo(s); err != nil {
		return nil, err
	}
	if err := k.lives(s, text("expirationDateTime")); err != nil {
		return nil, err
	}
	for _, address := range []string{s.url, s.lifecycleURL} {
		if address != "" && !k.events.reaches(address) {
			return nil, k.deny("graph.subscription.unreachable")
		}
	}
	if !k.events.add(s) {
		return nil, k.deny("graph.subscription.limit")
	}
	body := s.object()
	body["@odata.context"] = k.context("subscriptions") + "/$entity"
	return created(body)
}

// subscribeTo finds the channel and checks that the caller may read it.
func (k *call) subscribeTo(s *subscription) error {
	team, channel, good := messagesOf(s.resource)
	if !good {
		return notEmulated("subscriptions to anything but a channel's messages")
	}
	if !k.holds("ChannelMessage.Read.All", "ChannelMessage.Read.Group", "Group.Read.All", "Group.ReadWrite.All") {
		return k.deny("graph.subscription.permission")
	}
	k.ids["team"], k.ids["channel"] = team, channel
	p, err := k.messagesIn()
	if err != nil {
		return err
	}
	s.team, s.room = p.team.id, p.room.ID
	return nil
}

// lives sets until when a subscription lives. What the client writes is a date of
// the calendar; how far off that is passes as fast as tenant time does.
func (k *call) lives(s *subscription, text string) error {
	until, err := time.Parse(time.RFC3339Nano, text)
	left := until.Sub(k.world.Clock.Now())
	switch {
	case err != nil || left <= 0:
		return k.deny("graph.subscription.expiry-past")
	case left > maxSubscription:
		return k.deny("graph.subscription.expiry-long", int(maxSubscription/time.Minute))
	case left > quietSubscription && s.lifecycleURL == "":
		return k.deny("graph.subscription.lifecycle")
	}
	s.until, s.asked = until, false
	s.expires = k.world.Clock.Elapsed() + time.Duration(float64(left)*k.world.Clock.Speed)
	return nil
}

// mine reports whether a subscription is the caller's.
func (k *call) mine(s *subscription) bool { return s.app == k.who.app && s.account == k.who.account }

func (k *call) listSubscriptions() (*reply, error) {
	value := []any{}
	for _, s := range k.events.all() {
		if k.mine(&s) {
			value = append(value, s.object())
		}
	}
	return ok(map[string]any{"@odata.context": k.context("subscriptions"), "value": value})
}

func (k *call) subscriptionInPath() (subscription, error) {
	for _, s := range k.events.all() {
		if strings.EqualFold(s.id, k.ids["subscription"]) && k.mine(&s) {
			return s, nil
		}
	}
	return subscription{}, k.deny("graph.subscription.unknown")
}

func (k *call) getSubscription() (*reply, error) {
	s, err := k.subscriptionInPath()
	if err != nil {
		return nil, err
	}
	body := s.object()
	body["@odata.context"] = k.context("subscriptions") + "/$entity"
	return ok(body)
}

// renewSubscription lets a subscription live longer, if the caller may still read
// what it tells of.
func (k *call) renewSubscription() (*reply, error) {
	s, err := k.subscriptionInPath()
	if err != nil {
		return nil, err
	}
	in, err := k.readBody()
	if err != nil {
		return nil, err
	}
	if err := k.onlyKeys(in, "subscription", "expirationDateTime"); err != nil {
		return nil, err
	}
	if err := k.subscribeTo(&s); err != nil {
		return nil, err
	}
	text, _ := in["expirationDateTime"].(string)
	if err := k.lives(&s, text); err != nil {
		return nil, err
	}
	k.events.renew(s)
	body := s.object()
	body["@odata.context"] = k.context("subscriptions") + "/$entity"
	return ok(body)
}

func (k *call) reauthorizeSubscription() (*reply, error) {
	s, err := k.subscriptionInPath()
	if err != nil {
		return nil, err
	}
	if err := k.subscribeTo(&s); err != nil {
		return nil, err
	}
	return noContent()
}

func (k *call) deleteSubscription() (*reply, error) {
	s, err := k.subscriptionInPath()
	if err != nil {
		return nil, err
	}
	k.events.remove(s.id)
	return noContent()
}
