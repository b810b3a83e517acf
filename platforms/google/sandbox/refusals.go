package sandbox

import world "miohub/platforms/sandbox"

// Sources of what the tenant refuses.
const (
	fromInstalled = "OAuth 2.0 for installed applications"
	fromToken     = "OAuth 2.0 token endpoint, as its clients record the answers"
	fromJWT       = "OAuth 2.0 for server to server applications: JWT error codes"
	fromRPC       = "google.rpc errors of Google's API front end"
	fromDirectory = "Directory API discovery document"
	fromUsers     = "Directory API: users.list and users.get"
	fromLimits    = "Directory API: limits and quotas"
	fromSpaces    = "Chat API discovery document: spaces"
	fromMembers   = "Chat API discovery document: spaces.members"
	fromMessages  = "Chat API discovery document: spaces.messages"
	fromReactions = "Chat API discovery document: spaces.messages.reactions"
	fromInsert    = "Directory API: users.insert, users.update and users.createGuest"
	fromUnits     = "Directory API: orgunits"
	fromGroups    = "Directory API: groups.list and members.list"
	fromLicences  = "Enterprise License Manager API: licenseAssignments"
	fromReports   = "Reports API: activities.list"
	fromPolicies  = "Cloud Identity API: policies"
	fromSign      = "IAM Service Account Credentials API: signJwt"
	fromKeys      = "IAM API: serviceAccounts.keys"
	fromGuests    = "Workspace guest accounts"
	fromPubSub    = "Cloud Pub/Sub API: topics and subscriptions"
	fromSubs      = "Google Workspace Events API: subscriptions"
	fromEventUse  = "Google Workspace Events API: usage limits"
	fromMedia     = "Chat API discovery document: media"
	fromUploads   = "Google API clients: resumable media upload"
	fromBlocked   = "File types blocked by Google Chat"
	fromEvents    = "Chat API discovery document: spaces.spaceEvents"
	fromChatAuth  = "Chat API: authenticate and authorize"
	fromChatUse   = "Chat API: usage limits"
	fromConsole   = "Admin Console: domain-wide delegation"
)

// Refusals lists everything the emulated tenant refuses, with its source.
func Refusals() []world.Refusal {
	var out []world.Refusal
	for _, group := range refusals() {
		for _, id := range group.ids {
			out = append(out, world.Refusal{ID: "google." + id, Source: group.source, Test: "TestRefusals/google." + id})
		}
	}
	return out
}

type refusalGroup struct {
	source string
	ids    []string
}

func refusals() []refusalGroup {
	return []refusalGroup{
		{fromInstalled, []string{
			"signin.no-client", "signin.unknown-client", "signin.redirect-elsewhere", "signin.redirect-https", "signin.no-scope",
			"signin.unknown-scope", "signin.response-type", "signin.challenge-method", "signin.short-challenge", "signin.prompt",
			"signin.repeated-parameter", "signin.cancelled", "signin.unknown-account", "signin.suspended-account",
			"signin.expired-page", "signin.login-required", "signin.consent-required",
		}},
		{fromToken, []string{
			"token.no-grant-type", "token.unknown-grant-type", "token.not-a-form", "token.unknown-client", "token.wrong-secret",
			"token.no-secret", "token.no-code", "token.malformed-code", "token.bogus-code", "token.used-code", "token.expired-code",
			"token.other-redirect", "token.wrong-verifier", "token.no-verifier", "token.unknown-refresh", "token.revoked-refresh",
			"token.wider-refresh", "token.revoke-unknown", "token.info-unknown",
		}},
		{fromJWT, []string{
			"jwt.no-assertion", "jwt.malformed", "jwt.other-key", "jwt.other-kid", "jwt.unsigned", "jwt.unknown-issuer", "jwt.audience",
			"jwt.too-long", "jwt.expired", "jwt.from-the-future", "jwt.no-scope", "jwt.unknown-scope", "jwt.comma-scopes",
			"jwt.unknown-subject", "jwt.alias-subject", "jwt.deleted-subject", "jwt.suspended-subject", "jwt.subject-no-address",
			"jwt.no-delegation", "jwt.no-scope-delegated", "jwt.scope-not-delegated",
		}},
		{fromConsole, []string{"console.not-admin", "console.unknown-scope", "console.exists", "console.foreign-form", "console.no-scope"}},
		{fromRPC, []string{
			"api.no-token", "api.bad-token", "api.expired-token", "api.suspended-account", "api.unknown-path", "api.wrong-verb",
			"api.unknown-parameter", "api.malformed-json", "api.form-body", "api.unknown-field", "api.unknown-nested-field",
			"api.wrong-type", "api.not-an-object", "api.enum-parameter", "api.enum-field", "api.integer-parameter",
			"api.boolean-parameter", "api.alt", "api.fields", "api.timestamp", "api.scope",
		}},
		{fromDirectory, []string{"directory.not-admin", "directory.as-app", "directory.public-as-app", "directory.scope", "directory.fields", "directory.order-by", "directory.max-results", "directory.max-results-zero"}},
		{fromUsers, []string{
			"directory.no-customer", "directory.other-customer", "directory.other-domain", "directory.query", "directory.page-token",
			"directory.page-token-other-call", "directory.page-token-old", "directory.unknown-user", "directory.deleted-user",
			"directory.unknown-customer", "directory.unknown-org-unit",
		}},
		{fromInsert, []string{
			"users.insert-readonly", "users.insert-not-admin", "users.insert-address", "users.insert-no-name", "users.insert-password",
			"users.insert-domain", "users.insert-unit", "users.insert-twice", "users.insert-alias", "users.guest-address", "users.guest-own-domain",
			"users.guest-customer", "users.guest-twice", "users.update-unknown", "users.update-unit", "users.update-field", "domains.other-customer",
		}},
		{fromUnits, []string{"units.unknown", "units.no-name", "units.no-parent", "units.twice"}},
		{fromGroups, []string{
			"groups.no-customer", "groups.user-too", "groups.domain", "groups.query", "groups.page-token", "groups.scope", "groups.unknown", "groups.roles",
		}},
		{fromLicences, []string{
			"licences.unknown", "licences.none", "licences.unknown-user", "licences.by-alias", "licences.twice", "licences.other-customer", "licences.not-admin",
		}},
		{fromReports, []string{"reports.not-admin", "reports.as-app", "reports.scope", "reports.start", "reports.backwards", "reports.user", "reports.customer"}},
		{fromPolicies, []string{
			"policies.not-admin", "policies.as-app", "policies.scope", "policies.filter", "policies.escape", "policies.customer", "policies.page-token", "policies.unknown",
		}},
		{fromSign, []string{"sign.no-role", "sign.scope", "sign.not-json", "sign.too-long", "sign.other-account", "sign.project"}},
		{fromKeys, []string{"keys.no-role", "keys.unknown", "keys.create-no-role"}},
		{fromGuests, []string{"spaces.guest-creates", "users.guest-gmail", "users.guest-moved"}},
		{fromChatAuth, []string{"chat.as-app", "chat.app-not-approved", "chat.admin-access-as-app", "chat.unlicensed", "chat.admin-not-admin", "chat.admin-scope"}},
		{fromSpaces, []string{
			"spaces.not-a-member", "spaces.app-not-a-member", "spaces.unknown", "spaces.list-filter", "spaces.negative-page", "spaces.page-token",
			"spaces.search-no-customer", "spaces.search-no-type", "spaces.search-or", "spaces.search-garbage", "spaces.search-other-type",
			"spaces.search-long", "spaces.search-order", "spaces.search-user-customer", "spaces.create-no-name", "spaces.create-group-chat",
			"spaces.create-long-name", "spaces.create-taken", "spaces.create-other-user", "spaces.create-import", "spaces.setup-too-many",
			"spaces.setup-no-type", "spaces.setup-unknown-user", "spaces.patch-no-mask", "spaces.patch-mask", "spaces.patch-taken",
			"spaces.patch-history-admin", "spaces.delete-not-manager", "spaces.delete-scope", "spaces.delete-group-chat",
		}},
		{fromMembers, []string{
			"members.admin-no-filter", "members.admin-bot-filter", "members.filter", "members.filter-contradiction", "members.admin-adds-app",
			"members.other-app", "members.app-scope", "members.people-scope", "members.twice", "members.unknown-user", "members.group",
			"members.outsider", "members.not-seated", "members.remove-owner", "members.patch-mask", "members.patch-role", "members.patch-not-manager", "members.invited-twice", "members.admin-removes-app",
		}},
		{fromMessages, []string{
			"messages.not-a-member", "messages.empty", "messages.too-long", "messages.client-id", "messages.client-id-taken", "messages.request-other-user",
			"messages.thread-name", "messages.reply-or-fail", "messages.cards-as-user", "messages.silent-as-user", "messages.thread-key",
			"messages.filter", "messages.filter-or", "messages.filter-threads", "messages.order", "messages.negative-page", "messages.page-token",
			"messages.unknown", "messages.deleted", "messages.patch-no-mask", "messages.patch-mask", "messages.patch-other", "messages.app-patches-other",
			"messages.allow-missing", "messages.delete-other", "messages.delete-replies",
		}},
		{fromSubs, []string{
			"events.subscribe-target", "events.subscribe-type", "events.subscribe-scope", "events.subscribe-other", "events.subscribe-app",
			"events.subscribe-ttl", "events.subscribe-project", "events.subscribe-topic", "events.subscribe-publisher", "events.subscribe-twice",
			"events.subscription-unknown", "events.subscription-other", "events.subscriptions-filter", "events.reactivate-active",
		}},
		{fromPubSub, []string{
			"pubsub.not-allowed", "pubsub.app-manages", "pubsub.app-looks", "pubsub.other-project", "pubsub.name", "pubsub.topic-twice", "pubsub.no-topic", "pubsub.member",
			"pubsub.no-subscription", "pubsub.queue-twice", "pubsub.queue-no-topic", "pubsub.queue-deadline", "pubsub.max-messages", "pubsub.no-ack-ids",
			"pubsub.deadline", "pubsub.scope",
		}},
		{fromMedia, []string{
			"media.no-name", "media.scope", "media.as-app", "media.not-a-member", "media.no-media", "media.too-large", "media.unknown-token",
			"media.used-token", "media.anothers-token", "media.unknown", "media.metadata-user", "media.download-other",
		}},
		{fromBlocked, []string{"media.blocked-type"}},
		{fromUploads, []string{"media.upload-type", "media.not-multipart", "media.chunk-size", "media.chunk-gap", "media.chunk-range", "media.no-session"}},
		{fromReactions, []string{"reactions.no-emoji", "reactions.twice", "reactions.of-another", "reactions.filter", "reactions.as-app"}},
		{fromEvents, []string{
			"events.no-filter", "events.no-types", "events.and-types", "events.no-parentheses", "events.batch-type", "events.unknown-type",
			"events.too-old", "events.times-or", "events.scope", "events.unknown", "events.page-token",
		}},
		{fromLimits, []string{"quota.directory"}},
		{fromEventUse, []string{"quota.subscriptions"}},
		{fromChatUse, []string{"quota.space-writes", "quota.space-reads", "quota.project", "quota.space-creation"}},
	}
}
