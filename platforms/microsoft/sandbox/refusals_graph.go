package sandbox

// graphRefusals is everything that the directory part of Graph refuses here,
// and what holds for every call.
func graphRefusals() []refusal {
	const (
		errs     = "learn.microsoft.com/graph/errors"
		query    = "learn.microsoft.com/graph/query-parameters"
		advanced = "learn.microsoft.com/graph/aad-advanced-queries"
		perms    = "learn.microsoft.com/graph/permissions-reference"
		delta    = "learn.microsoft.com/graph/delta-query-overview"
		batch    = "learn.microsoft.com/graph/json-batching"
		throttle = "learn.microsoft.com/graph/throttling-limits"
		invite   = "learn.microsoft.com/graph/api/invitation-post"
		user     = "learn.microsoft.com/graph/api/user-post-users"
		change   = "learn.microsoft.com/graph/api/user-update"
		licence  = "learn.microsoft.com/graph/api/user-assignlicense"
		auth     = "learn.microsoft.com/graph/resolve-auth-errors"
	)
	return []refusal{
		{ID: "graph.token.missing", Source: auth, Status: 401, Code: "InvalidAuthenticationToken", Message: "Access token is empty."},
		{ID: "graph.token.malformed", Source: auth, Status: 401, Code: "InvalidAuthenticationToken", Message: "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format. (JWS): 'EncodedHeader.EndcodedPayload.EncodedSignature'. (JWE): 'EncodedProtectedHeader.EncodedEncryptedKey.EncodedInitializationVector.EncodedCiphertext.EncodedAuthenticationTag'."},
		{ID: "graph.token.signature", Source: auth, Status: 401, Code: "InvalidAuthenticationToken", Message: "Access token validation failure. Invalid signature."},
		{ID: "graph.token.audience", Source: auth, Status: 401, Code: "InvalidAuthenticationToken", Message: "Access token validation failure. Invalid audience."},
		{ID: "graph.token.expired", Source: auth, Status: 401, Code: "InvalidAuthenticationToken", Message: "Lifetime validation failed, the token is expired."},
		{ID: "graph.token.claims", Source: "learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation", Status: 401, Code: "InvalidAuthenticationToken", Message: "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"},
		{ID: "graph.version.unknown", Source: errs, Status: 400, Code: "BadRequest", Message: "Invalid version: %s"},
		{ID: "graph.path.unknown", Source: errs, Status: 400, Code: "BadRequest", Message: "Resource not found for the segment '%s'."},
		{ID: "graph.method.not-allowed", Source: errs, Status: 405, Code: "Request_BadRequest", Message: "Specified HTTP method is not allowed for the request target."},
		{ID: "graph.permission.missing", Source: perms, Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."},
		{ID: "graph.permission.no-roles", Source: perms, Status: 401, Code: "Authorization_IdentityNotFound", Message: "The identity of the calling application could not be established."},
		{ID: "graph.users.self-only", Source: perms, Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."},
		{ID: "graph.users.basic-only", Source: perms, Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."},
		{ID: "graph.me.app-only", Source: "learn.microsoft.com/graph/api/user-get", Status: 400, Code: "BadRequest", Message: "/me request is only valid with delegated authentication flow."},
		{ID: "graph.resource.not-found", Source: errs, Status: 404, Code: "Request_ResourceNotFound", Message: "Resource '%s' does not exist or one of its queried reference-property objects are not present."},

		{ID: "graph.query.malformed", Source: query, Status: 400, Code: "BadRequest", Message: "The query specified in the URI is not valid."},
		{ID: "graph.query.unknown", Source: query, Status: 400, Code: "BadRequest", Message: "The query parameter '%s' is not supported."},
		{ID: "graph.query.unsupported", Source: query, Status: 400, Code: "BadRequest", Message: "Query option '%s' is not allowed. To allow it, set the 'AllowedQueryOptions' property on EnableQueryAttribute or QueryValidationSettings."},
		{ID: "graph.query.repeated", Source: query, Status: 400, Code: "BadRequest", Message: "Query option '%s' was specified more than once, but it must be specified at most once."},
		{ID: "graph.query.top.invalid", Source: query, Status: 400, Code: "BadRequest", Message: "Invalid value '%s' for $top query option found. The $top query option requires a positive integer value."},
		{ID: "graph.query.top.limit", Source: query, Status: 400, Code: "Request_UnsupportedQuery", Message: "Invalid page size specified: '%d'. Must be between 1 and %d inclusive."},
		{ID: "graph.query.count.invalid", Source: query, Status: 400, Code: "BadRequest", Message: "Invalid value '%s' for $count query option found. Valid values are 'true' or 'false'."},
		{ID: "graph.select.unknown", Source: query, Status: 400, Code: "BadRequest", Message: "Parsing OData Select and Expand failed: Could not find a property named '%s' on type 'microsoft.graph.%s'."},
		{ID: "graph.skiptoken.unknown", Source: query, Status: 400, Code: "Directory_ExpiredPageToken", Message: "The specified page token value has expired and can no longer be included in your request."},
		{ID: "graph.orderby.unsupported", Source: query, Status: 400, Code: "Request_UnsupportedQuery", Message: "Sorting not supported for current query."},
		{ID: "graph.filter.malformed", Source: query, Status: 400, Code: "BadRequest", Message: "Invalid filter clause: There is a syntax error in '%s'."},
		{ID: "graph.filter.property", Source: query, Status: 400, Code: "BadRequest", Message: "Invalid filter clause: Could not find a property named '%s' on type 'microsoft.graph.%s'."},
		{ID: "graph.filter.advanced", Source: advanced, Status: 400, Code: "Request_UnsupportedQuery", Message: "Unsupported Query."},
		{ID: "graph.count.consistency", Source: advanced, Status: 400, Code: "Request_BadRequest", Message: "$count is not currently supported."},

		{ID: "graph.body.media-type", Source: errs, Status: 415, Code: "RequestBodyRead", Message: "A supported MIME type could not be found that matches the content type of the request. None of the supported type(s) 'application/json' matches the content type '%s'."},
		{ID: "graph.body.gzip", Source: errs, Status: 400, Code: "BadRequest", Message: "Unable to read the compressed request payload."},
		{ID: "graph.body.malformed", Source: errs, Status: 400, Code: "BadRequest", Message: "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."},
		{ID: "graph.body.property", Source: errs, Status: 400, Code: "BadRequest", Message: "The property '%s' does not exist on type 'microsoft.graph.%s'. Make sure to only use property names that are defined by the type."},

		{ID: "graph.delta.token.unknown", Source: delta, Status: 400, Code: "Request_BadRequest", Message: "Badly formed token."},
		{ID: "graph.delta.token.expired", Source: delta, Status: 410, Code: "syncStateNotFound", Message: "The sync state generation is not found; use the URL in the Location header to start a new round."},
		{ID: "graph.delta.filter", Source: "learn.microsoft.com/graph/api/user-delta", Status: 400, Code: "Request_UnsupportedQuery", Message: "Unsupported or invalid query filter clause specified. Only filtering on up to 50 ids is supported."},

		{ID: "graph.invitation.missing", Source: invite, Status: 400, Code: "BadRequest", Message: "Invalid value specified for property '%s' of resource 'Invitation'."},
		{ID: "graph.invitation.address", Source: invite, Status: 400, Code: "BadRequest", Message: "The invited user email address is not a valid email address."},
		{ID: "graph.invitation.own-domain", Source: invite + " (the text was not seen on a real tenant)", Status: 400, Code: "BadRequest", Message: "The invited user already exists in the directory as object. The domain of the invited user email address is a verified domain of this directory."},
		{ID: "graph.invitation.disabled", Source: "learn.microsoft.com/entra/external-id/troubleshoot", Status: 403, Code: "Unauthorized", Message: "Guest invitations not allowed for your company. Contact your company administrator for more details."},
		{ID: "graph.directory.quota", Source: "learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions", Status: 403, Code: "Directory_QuotaExceeded", Message: "The directory object quota limit for the Tenant has been exceeded. Please ask your administrator to increase the quota limit or delete objects to reduce the used quota."},
		{ID: "graph.invitation.throttled", Source: throttle, Status: 429, Code: "TooManyRequests", Message: "Too many requests"},

		{ID: "graph.user.required", Source: user, Status: 400, Code: "Request_BadRequest", Message: "A value is required for property '%s' of resource 'User'."},
		{ID: "graph.user.login", Source: user, Status: 400, Code: "Request_BadRequest", Message: "Property userPrincipalName is invalid."},
		{ID: "graph.user.domain", Source: user, Status: 400, Code: "Request_BadRequest", Message: "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."},
		{ID: "graph.user.password", Source: user, Status: 400, Code: "Request_BadRequest", Message: "The specified password does not comply with password complexity requirements. Please provide a different password."},
		{ID: "graph.user.exists", Source: user, Status: 400, Code: "Request_BadRequest", Message: "Another object with the same value for property %s already exists."},
		{ID: "graph.user.read-only", Source: change, Status: 400, Code: "Request_BadRequest", Message: "Property '%s' is read-only and cannot be set."},
		{ID: "graph.user.value", Source: change, Status: 400, Code: "Request_BadRequest", Message: "Invalid value specified for property '%s' of resource 'User'."},
		{ID: "graph.user.permission", Source: change, Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."},
		{ID: "graph.user.administrator", Source: change, Status: 403, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."},
		{ID: "graph.licence.missing", Source: licence, Status: 400, Code: "Request_BadRequest", Message: "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: %s."},
		{ID: "graph.licence.unknown", Source: licence, Status: 400, Code: "Request_BadRequest", Message: "License %s does not correspond to a valid company License."},
		{ID: "graph.licence.not-held", Source: licence, Status: 400, Code: "Request_BadRequest", Message: "User does not have a corresponding license. %s"},
		{ID: "graph.licence.location", Source: licence, Status: 400, Code: "Request_BadRequest", Message: "License assignment cannot be done for user with invalid usage location."},
		{ID: "graph.licence.none-left", Source: licence, Status: 400, Code: "Request_BadRequest", Message: "Subscription with SKU %s does not have any available licenses."},

		{ID: "graph.throttled.all", Source: throttle, Status: 429, Code: "TooManyRequests", Message: "Too many requests"},
		{ID: "graph.throttled.directory", Source: throttle, Status: 429, Code: "TooManyRequests", Message: "Too many requests"},

		{ID: "graph.batch.malformed", Source: batch, Status: 400, Code: "BadRequest", Message: "Invalid batch payload format."},
		{ID: "graph.batch.too-many", Source: batch, Status: 400, Code: "BadRequest", Message: "Number of batch request steps exceeds the maximum value of %d."},
		{ID: "graph.batch.duplicate-id", Source: batch, Status: 400, Code: "BadRequest", Message: "Request Id '%s' has to be unique in a batch."},
		{ID: "graph.batch.content-type", Source: batch, Status: 400, Code: "BadRequest", Message: "Write request id : %s does not contain Content-Type header or body."},
		{ID: "graph.batch.depends-on", Source: batch, Status: 400, Code: "BadRequest", Message: "Invalid dependsOn: request '%s' must come before the request that depends on it."},
		{ID: "graph.batch.dependency-failed", Source: batch, Status: 424, Code: "FailedDependency", Message: "Failed Dependency"},
	}
}

// teamsRefusals is everything that the Teams part of Graph refuses here.
func teamsRefusals() []refusal {
	const (
		perms    = "learn.microsoft.com/graph/permissions-reference; github.com/telstrapurple/MSTeamsChatExporter/issues/9"
		protect  = "learn.microsoft.com/graph/teams-protected-apis"
		list     = "learn.microsoft.com/graph/api/channel-list-messages"
		delta    = "learn.microsoft.com/graph/api/chatmessage-delta"
		post     = "learn.microsoft.com/graph/api/chatmessage-post"
		update   = "learn.microsoft.com/graph/api/chatmessage-update"
		remove   = "learn.microsoft.com/graph/api/chatmessage-softdelete"
		react    = "learn.microsoft.com/graph/api/chatmessage-setreaction"
		members  = "learn.microsoft.com/graph/api/team-post-members"
		seats    = "learn.microsoft.com/graph/api/channel-post-members"
		channel  = "learn.microsoft.com/graph/api/channel-post"
		teams    = "learn.microsoft.com/graph/api/team-get"
		throttle = "learn.microsoft.com/graph/throttling-limits#microsoft-teams-service-limits"
		size     = "learn.microsoft.com/microsoftteams/limits-specifications-teams"
		mention  = "learn.microsoft.com/graph/api/resources/chatmessagemention; github.com/microsoftgraph/microsoft-graph-docs/issues/18584"
	)
	return []refusal{
		{ID: "graph.teams.scope.missing", Source: perms, Status: 403, Code: "Forbidden", Message: "Missing scope permissions on the request. API requires one of '%s'. Scopes on the request '%s'"},
		{ID: "graph.teams.role.missing", Source: perms, Status: 403, Code: "Forbidden", Message: "Missing role permissions on the request. API requires one of '%s'. Roles on the request '%s'."},
		{ID: "graph.teams.app-only.unsupported", Source: perms, Status: 412, Code: "PreconditionFailed", Message: "Requested API is not supported in application-only context"},
		{ID: "graph.teams.licence", Source: "github.com/OfficeDev/microsoft-teams-apps-requestateam/issues/355", Status: 403, Code: "Forbidden", Message: "Failed to get license information for the user. Ensure user has a valid Office365 license assigned to them."},
		{ID: "graph.throttled.teams", Source: throttle, Status: 429, Code: "TooManyRequests", Message: "Please retry after"},

		{ID: "graph.team.unknown", Source: teams, Status: 404, Code: "NotFound", Message: "No team found with Group Id %s"},
		{ID: "graph.team.malformed", Source: teams, Status: 400, Code: "BadRequest", Message: "teamId needs to be a valid GUID."},
		{ID: "graph.team.not-member", Source: teams, Status: 403, Code: "Forbidden", Message: "Failed to execute Templates backend request GetTeamByGroupId. The caller is not a member of the team."},
		{ID: "graph.channel.malformed", Source: channel, Status: 400, Code: "BadRequest", Message: "Invalid channelId: %s"},
		{ID: "graph.channel.unknown", Source: channel, Status: 404, Code: "NotFound", Message: "Channel not found"},
		{ID: "graph.channel.not-member", Source: channel, Status: 403, Code: "Forbidden", Message: "Failed to execute Skype backend request GetThreadS2SRequest."},
		{ID: "graph.channel.name", Source: channel, Status: 400, Code: "BadRequest", Message: "Channel name contains characters that are not allowed, or is not between 1 and 50 characters long."},
		{ID: "graph.channel.name-taken", Source: channel, Status: 400, Code: "BadRequest", Message: "Channel name already existed, please use other name."},
		{ID: "graph.channel.kind", Source: channel, Status: 400, Code: "BadRequest", Message: "Requested value '%s' was not found in 'microsoft.graph.channelMembershipType'."},
		{ID: "graph.channel.owner", Source: channel, Status: 400, Code: "BadRequest", Message: "A private channel must have at least one owner."},
		{ID: "graph.channel.general", Source: "learn.microsoft.com/graph/api/channel-patch", Status: 400, Code: "BadRequest", Message: "The General channel cannot be renamed."},

		{ID: "graph.member.unknown", Source: members, Status: 404, Code: "NotFound", Message: "User not found in the roster"},
		{ID: "graph.member.not-owner", Source: members, Status: 403, Code: "Forbidden", Message: "Only owners can change the membership."},
		{ID: "graph.member.type", Source: members, Status: 400, Code: "BadRequest", Message: "Invalid member type: expected 'microsoft.graph.aadUserConversationMember'."},
		{ID: "graph.member.bind", Source: members, Status: 400, Code: "BadRequest", Message: "Bad Request. The 'user@odata.bind' field is missing in the request."},
		{ID: "graph.member.no-user", Source: members, Status: 404, Code: "NotFound", Message: "Failed to find the user '%s'."},
		{ID: "graph.member.role", Source: members, Status: 400, Code: "BadRequest", Message: "Invalid role specified for member."},
		{ID: "graph.member.owner-role", Source: perms, Status: 403, Code: "Forbidden", Message: "TeamMember.ReadWriteNonOwnerRole.All does not allow to add an owner."},
		{ID: "graph.member.guests-off", Source: "learn.microsoft.com/microsoft-365/admin/create-groups/manage-guest-access-in-groups (the text was not seen on a real tenant)", Status: 403, Code: "Forbidden", Message: "Guests cannot be added to this team: the organization does not allow guests in groups."},
		{ID: "graph.member.standard-channel", Source: seats, Status: 400, Code: "BadRequest", Message: "Operation is only supported for channels of membershipType 'private' or 'shared'."},
		{ID: "graph.member.not-in-team", Source: seats, Status: 400, Code: "BadRequest", Message: "The user must be a member of the team to be added to a private channel."},

		{ID: "graph.messages.protected", Source: protect, Status: 403, Code: "Forbidden", Message: "Invoked API requires Protected API access in application-only context when not using Resource Specific Consent. Visit https://docs.microsoft.com/en-us/graph/teams-protected-apis for more details."},
		{ID: "graph.messages.not-member", Source: list, Status: 403, Code: "Forbidden", Message: "Failed to execute Skype backend request GetThreadS2SRequest."},
		{ID: "graph.messages.top", Source: list, Status: 400, Code: "BadRequest", Message: "The limit of '50' for Top query has been exceeded. The value from the incoming request is larger."},
		{ID: "graph.messages.expand", Source: list, Status: 400, Code: "BadRequest", Message: "Expand '%s' is not supported. Only 'replies' can be expanded."},
		{ID: "graph.messages.delta.filter", Source: delta, Status: 400, Code: "BadRequest", Message: "Filter is only supported on lastModifiedDateTime with the 'gt' operator."},
		{ID: "graph.messages.delta.token", Source: delta, Status: 400, Code: "BadRequest", Message: "Invalid delta or skip token."},
		{ID: "graph.messages.delta.expired", Source: "learn.microsoft.com/graph/delta-query-overview; github.com/microsoftgraph/microsoft-graph-docs/issues/2350", Status: 410, Code: "SyncStateNotFound", Message: "The sync state generation is not found; use the URL in the Location header to start a new round."},
		{ID: "graph.delta.token.options", Source: delta, Status: 400, Code: "BadRequest", Message: "Query options are part of the token and cannot be given again."},
		{ID: "graph.message.unknown", Source: "learn.microsoft.com/graph/api/chatmessage-get", Status: 404, Code: "NotFound", Message: "Message not found"},

		{ID: "graph.post.app-only", Source: "github.com/MicrosoftDocs/msteams-docs/issues/14026", Status: 401, Code: "Unauthorized", Message: "Message POST is allowed in application-only context only for import purposes. Refer to https://docs.microsoft.com/microsoftteams/platform/graph-api/import-messages/import-external-messages-to-teams for more details."},
		{ID: "graph.post.empty", Source: post, Status: 400, Code: "BadRequest", Message: "Missing body content."},
		{ID: "graph.post.read-only", Source: post, Status: 400, Code: "BadRequest", Message: "'%s' cannot be set in this request."},
		{ID: "graph.post.content-type", Source: post, Status: 400, Code: "BadRequest", Message: "Requested value '%s' was not found in 'microsoft.graph.bodyType'."},
		{ID: "graph.post.importance", Source: post, Status: 400, Code: "BadRequest", Message: "Requested value '%s' was not found in 'microsoft.graph.chatMessageImportance'."},
		{ID: "graph.post.too-large", Source: size, Status: 413, Code: "RequestEntityTooLarge", Message: "Request Entity Too Large: the message is larger than about 28 KB."},
		{ID: "graph.post.mention.no-marker", Source: mention, Status: 400, Code: "BadRequest", Message: "Neither Body nor adaptive card content contains marker for mention with Id '%s'. Add '<at id=\"%s\">%s</at>' to the body or an adaptive card."},
		{ID: "graph.post.mention.no-entry", Source: mention, Status: 400, Code: "BadRequest", Message: "Body contains marker for mention with Id '%s', but the mentions do not."},
		{ID: "graph.post.mention.unknown", Source: mention, Status: 400, Code: "BadRequest", Message: "The identity of the mention with Id '%s' was not found in the tenant."},
		{ID: "graph.post.attachment.no-marker", Source: "github.com/osodevops/ms-teams-cli/issues/85", Status: 400, Code: "BadRequest", Message: "Body does not contain marker for attachment with Id '%s'. Add '<attachment id=\"%s\"></attachment>' to the body."},
		{ID: "graph.message.not-own", Source: update, Status: 403, Code: "Forbidden", Message: "Only the sender of the message can change it."},
		{ID: "graph.message.policy-violation", Source: update, Status: 403, Code: "Forbidden", Message: "policyViolation can be set in application-only context only."},
		{ID: "graph.message.not-deleted", Source: remove, Status: 404, Code: "NotFound", Message: "Deleted message not found"},
		{ID: "graph.reaction.type", Source: react, Status: 400, Code: "BadRequest", Message: "Invalid reactionType."},
	}
}
