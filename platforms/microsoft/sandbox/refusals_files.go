package sandbox

// fileRefusals is what Graph and SharePoint refuse of files.
func fileRefusals() []refusal {
	const (
		errs    = "learn.microsoft.com/onedrive/developer/rest-api/concepts/errors"
		session = "learn.microsoft.com/graph/api/driveitem-createuploadsession"
		perms   = "learn.microsoft.com/graph/permissions-reference#filesreadwrite"
		shares  = "learn.microsoft.com/graph/api/shares-get"
		names   = "support.microsoft.com/office/restrictions-and-limitations-in-onedrive-and-sharepoint-64883a5d-228e-48f5-b3d2-eb39e07630fa"
		hosted  = "learn.microsoft.com/graph/api/chatmessage-post"
	)
	return []refusal{
		{ID: "graph.drive.own-files", Source: perms, Status: 403, Code: "accessDenied", Message: "Access denied"},
		{ID: "graph.drive.denied", Source: errs, Status: 403, Code: "accessDenied", Message: "Access denied"},
		{ID: "graph.drive.item-unknown", Source: errs, Status: 404, Code: "itemNotFound", Message: "The resource could not be found."},
		{ID: "graph.drive.name", Source: names, Status: 400, Code: "invalidRequest", Message: "The provided name cannot be used for a file."},
		{ID: "graph.drive.name-taken", Source: session, Status: 409, Code: "nameAlreadyExists", Message: "The specified item name already exists."},
		{ID: "graph.drive.conflict-behaviour", Source: session, Status: 400, Code: "invalidRequest", Message: "Invalid conflictBehavior: %s"},
		{ID: "graph.drive.too-large", Source: "learn.microsoft.com/graph/api/driveitem-put-content", Status: 413, Code: "invalidRequest", Message: "The request is larger than 250 MB; use an upload session."},
		{ID: "graph.share.malformed", Source: shares, Status: 400, Code: "invalidRequest", Message: "The sharing token is malformed."},
		{ID: "graph.share.unknown", Source: shares, Status: 404, Code: "itemNotFound", Message: "The sharing link no longer exists, or you do not have permission to access it."},
		{ID: "sharepoint.token", Source: session, Status: 401, Code: "unauthenticated", Message: "The caller is not authenticated: do not send the Authorization header here."},
		{ID: "sharepoint.session-unknown", Source: session, Status: 404, Code: "itemNotFound", Message: "The upload session was not found"},
		{ID: "sharepoint.pass-expired", Source: "learn.microsoft.com/graph/api/driveitem-get-content", Status: 401, Code: "unauthenticated", Message: "The download address has expired."},
		{ID: "sharepoint.range", Source: session, Status: 400, Code: "invalidRequest", Message: "The Content-Range header is missing or malformed."},
		{ID: "sharepoint.length", Source: session, Status: 400, Code: "invalidRequest", Message: "The fragment's length does not match its Content-Range header."},
		{ID: "sharepoint.overlap", Source: session, Status: 416, Code: "invalidRange", Message: "The uploaded fragment overlaps with data that has already been received."},
		{ID: "sharepoint.gap", Source: session, Status: 416, Code: "invalidRange", Message: "The uploaded fragment is not the next one that is expected."},
		{ID: "sharepoint.piece-size", Source: session, Status: 400, Code: "invalidRequest", Message: "The fragment's size must be a multiple of 320 KiB."},
		{ID: "sharepoint.piece-too-large", Source: session, Status: 413, Code: "invalidRequest", Message: "The fragment is larger than 60 MiB."},
		{ID: "graph.hosted.malformed", Source: hosted, Status: 400, Code: "BadRequest", Message: "Hosted content needs a temporaryId, contentBytes and a contentType."},
		{ID: "graph.hosted.too-large", Source: hosted, Status: 413, Code: "RequestEntityTooLarge", Message: "Hosted content is larger than 4 MB."},
		{ID: "graph.hosted.no-marker", Source: hosted, Status: 400, Code: "BadRequest", Message: "The body does not refer to the hosted content with temporaryId '%s'."},
		{ID: "graph.hosted.no-entry", Source: hosted, Status: 400, Code: "BadRequest", Message: "The body refers to hosted content that the request does not hold."},
		{ID: "graph.hosted.unknown", Source: "learn.microsoft.com/graph/api/chatmessagehostedcontent-get", Status: 404, Code: "NotFound", Message: "Hosted content not found"},
	}
}

// subscriptionRefusals is what Graph refuses of change subscriptions.
func subscriptionRefusals() []refusal {
	const (
		create = "learn.microsoft.com/graph/api/subscription-post-subscriptions"
		kind   = "learn.microsoft.com/graph/api/resources/subscription"
		life   = "learn.microsoft.com/graph/change-notifications-lifecycle-events"
		hubs   = "learn.microsoft.com/graph/change-notifications-delivery-event-hubs"
	)
	return []refusal{
		{ID: "graph.subscription.missing", Source: create, Status: 400, Code: "InvalidRequest", Message: "Subscription %s is a required property."},
		{ID: "graph.subscription.change-type", Source: kind, Status: 400, Code: "InvalidRequest", Message: "Subscription change type '%s' is not supported."},
		{ID: "graph.subscription.client-state", Source: kind, Status: 400, Code: "InvalidRequest", Message: "Subscription clientState must not be longer than 128 characters."},
		{ID: "graph.subscription.certificate", Source: create, Status: 400, Code: "InvalidRequest", Message: "encryptionCertificate and encryptionCertificateId are required properties when includeResourceData is true."},
		{ID: "graph.subscription.permission", Source: create, Status: 403, Code: "ExtensionError", Message: "Operation: Create; Exception: [Status Code: Forbidden; Reason: Missing permission to read the resource]"},
		{ID: "graph.subscription.expiry-past", Source: create, Status: 400, Code: "InvalidRequest", Message: "Subscription expiration must be in the future."},
		{ID: "graph.subscription.expiry-long", Source: kind + "#subscription-lifetime", Status: 400, Code: "InvalidRequest", Message: "Subscription expiration can only be %d minutes in the future."},
		{ID: "graph.subscription.lifecycle", Source: life, Status: 400, Code: "InvalidRequest", Message: "lifecycleNotificationUrl is a required property for subscription creation on this resource when the expirationDateTime value is set to greater than 1 hour."},
		{ID: "graph.subscription.unreachable", Source: hubs, Status: 400, Code: "InvalidRequest", Message: "Subscription validation request failed. Notification endpoint must be reachable."},
		{ID: "graph.subscription.limit", Source: create, Status: 403, Code: "ExtensionError", Message: "Operation: Create; Exception: [Status Code: Forbidden; Reason: Has reached its limit of 1 subscription for the application and channel]"},
		{ID: "graph.subscription.unknown", Source: "github.com/mattermost/mattermost-plugin-msteams/issues/12", Status: 404, Code: "ResourceNotFound", Message: "The object was not found."},
	}
}
