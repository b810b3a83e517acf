package sandbox

import (
	"encoding/base64"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/microsoft/kiota-abstractions-go/serialization"
	kiotajson "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"

	world "miohub/platforms/sandbox"
)

// TestTheVendorsDeserialisersKnowEveryField parses answers with the code that
// the vendor generates from its own description of Graph: a field it does not
// know ends up in "additional data", where only annotations may be.
func TestTheVendorsDeserialisersKnowEveryField(t *testing.T) {
	r := newRig(t)
	for i := range 3 {
		m, err := r.w.Say(TenantName, deals, annID, "", r.c.newMessageID(), world.Body{
			{Kind: "p", Runs: []world.Run{{Text: "Mio Bridge", Mention: bridgeID}, {Text: " hello"}}},
		})
		must(t, err)
		_, err = r.w.Say(TenantName, deals, benID, m.ID, r.c.newMessageID(), world.Text("reply"))
		must(t, err)
		if i == 1 {
			must(t, r.w.Retract(TenantName, deals, m.ID))
		}
	}
	app, ann, admin := r.app(), r.as(annID, bridgeScopes+" User.Read Team.ReadBasic.All Channel.ReadBasic.All"), r.as(adminID, "Directory.Read.All Group.Read.All Policy.Read.All Domain.Read.All ChannelMember.Read.All")
	posted := r.said("<p>hi</p>")
	r.want(r.graph("POST", posted+"/setReaction", ann, map[string]any{"reactionType": "👍"}), 204)
	r.want(r.graph("POST", "/teams/"+sales+"/members", app, bind(evaID)), 201)
	hub := r.c.hub.principal
	accounts, files := r.as(adminID, accountScopes+" GroupMember.Read.All Group.Read.All"), r.as(annID, fileScopes)
	folder := r.folder(deals)
	made := r.want(r.graph("PUT", folder+":/parsed.txt:/content", files, "parsed", "Content-Type", "text/plain"), 201)
	item := folder[:strings.LastIndex(folder, "/")+1] + made.text("id")
	share := "/shares/u!" + base64.RawURLEncoding.EncodeToString([]byte(made.text("webUrl"))) + "/driveItem"
	picture := r.want(r.graph("POST", messagesPath(deals), ann, inline([]byte("picture"))), 201)
	hosted := messagesPath(deals) + "/" + picture.text("id") + "/hostedContents"
	_, err := r.w.Share(TenantName, deals, benID, "", r.c.newMessageID(), world.Text("a file"), []world.File{{ID: "1", Name: "a.txt", Data: []byte("a")}})
	must(t, err)
	must(t, world.SwitchFault("microsoft.guests-in-groups-off", true, r.c.emulator()))
	bridge := r.as(bridgeID, bridgeScopes)
	for _, c := range []struct {
		method, path, token string
		body                any
		parse               serialization.ParsableFactory
	}{
		{"GET", "/me", ann, nil, models.CreateUserFromDiscriminatorValue},
		{"GET", "/users", app, nil, models.CreateUserCollectionResponseFromDiscriminatorValue},
		{"GET", "/users?$select=" + strings.Join(r.everyProperty("user"), ","), app, nil, models.CreateUserCollectionResponseFromDiscriminatorValue},
		{"GET", "/users/delta", app, nil, models.CreateUserCollectionResponseFromDiscriminatorValue},
		{"GET", "/me/licenseDetails", admin, nil, models.CreateLicenseDetailsCollectionResponseFromDiscriminatorValue},
		{"GET", "/me/licenseDetails/getTeamsLicensingDetails", admin, nil, models.CreateTeamsLicensingDetailsFromDiscriminatorValue},
		{"GET", "/me/transitiveMemberOf", admin, nil, models.CreateDirectoryObjectCollectionResponseFromDiscriminatorValue},
		{"GET", "/me/transitiveMemberOf/microsoft.graph.directoryRole", admin, nil, models.CreateDirectoryRoleCollectionResponseFromDiscriminatorValue},
		{"GET", "/organization", ann, nil, models.CreateOrganizationCollectionResponseFromDiscriminatorValue},
		{"GET", "/domains", admin, nil, models.CreateDomainCollectionResponseFromDiscriminatorValue},
		{"GET", "/subscribedSkus", admin, nil, models.CreateSubscribedSkuCollectionResponseFromDiscriminatorValue},
		{"GET", "/policies/authorizationPolicy", admin, nil, models.CreateAuthorizationPolicyFromDiscriminatorValue},
		{"GET", "/applications", app, nil, models.CreateApplicationCollectionResponseFromDiscriminatorValue},
		{"GET", "/servicePrincipals", app, nil, models.CreateServicePrincipalCollectionResponseFromDiscriminatorValue},
		{"GET", "/servicePrincipals/" + hub + "/appRoleAssignments", app, nil, models.CreateAppRoleAssignmentCollectionResponseFromDiscriminatorValue},
		{"GET", "/oauth2PermissionGrants", admin, nil, models.CreateOAuth2PermissionGrantCollectionResponseFromDiscriminatorValue},
		{"GET", "/groups", admin, nil, models.CreateGroupCollectionResponseFromDiscriminatorValue},
		{"GET", "/groups/" + sales + "/members", admin, nil, models.CreateDirectoryObjectCollectionResponseFromDiscriminatorValue},
		{"GET", "/teams", ann, nil, models.CreateTeamCollectionResponseFromDiscriminatorValue},
		{"GET", "/teams/" + sales, ann, nil, models.CreateTeamFromDiscriminatorValue},
		{"GET", "/teams/" + sales + "/channels", ann, nil, models.CreateChannelCollectionResponseFromDiscriminatorValue},
		{"GET", channelPath(deals), ann, nil, models.CreateChannelFromDiscriminatorValue},
		{"GET", "/teams/" + sales + "/members", app, nil, models.CreateConversationMemberCollectionResponseFromDiscriminatorValue},
		{"GET", channelPath(deals) + "/members", admin, nil, models.CreateConversationMemberCollectionResponseFromDiscriminatorValue},
		{"GET", messagesPath(deals) + "?$expand=replies", ann, nil, models.CreateChatMessageCollectionResponseFromDiscriminatorValue},
		{"GET", messagesPath(general), ann, nil, models.CreateChatMessageCollectionResponseFromDiscriminatorValue},
		{"GET", messagesPath(deals) + "/delta?$expand=replies", ann, nil, models.CreateChatMessageCollectionResponseFromDiscriminatorValue},
		{"GET", posted, ann, nil, models.CreateChatMessageFromDiscriminatorValue},
		{"POST", messagesPath(deals), ann, say("x"), models.CreateChatMessageFromDiscriminatorValue},
		{"POST", "/invitations", app, map[string]any{"invitedUserEmailAddress": "n@elsewhere.example", "inviteRedirectUrl": "https://x.example"}, models.CreateInvitationFromDiscriminatorValue},
		{"POST", "/users", accounts, newUser("parsed@contoso.example"), models.CreateUserFromDiscriminatorValue},
		{"POST", "/users/" + annID + "/assignLicense", accounts, map[string]any{"addLicenses": []any{map[string]any{"skuId": otherSKU}}, "removeLicenses": []any{}},
			models.CreateUserFromDiscriminatorValue},
		{"GET", "/users/" + annID + "/licenseDetails", accounts, nil, models.CreateLicenseDetailsCollectionResponseFromDiscriminatorValue},
		{"GET", "/groupSettings", admin, nil, models.CreateGroupSettingCollectionResponseFromDiscriminatorValue},
		{"GET", "/groups", accounts, nil, models.CreateGroupCollectionResponseFromDiscriminatorValue},
		{"GET", "/groups/" + r.c.guid("group", "departments") + "/transitiveMembers", accounts, nil, models.CreateDirectoryObjectCollectionResponseFromDiscriminatorValue},
		{"GET", "/groups/" + r.c.guid("group", "members") + "/transitiveMembers/microsoft.graph.user", accounts, nil, models.CreateUserCollectionResponseFromDiscriminatorValue},
		{"GET", channelPath(deals) + "/filesFolder", files, nil, models.CreateDriveItemFromDiscriminatorValue},
		{"GET", item, files, nil, models.CreateDriveItemFromDiscriminatorValue},
		{"GET", share, files, nil, models.CreateDriveItemFromDiscriminatorValue},
		{"POST", folder + ":/begun.txt:/createUploadSession", files, nil, models.CreateUploadSessionFromDiscriminatorValue},
		{"GET", hosted, ann, nil, models.CreateChatMessageHostedContentCollectionResponseFromDiscriminatorValue},
		{"GET", messagesPath(deals), ann, nil, models.CreateChatMessageCollectionResponseFromDiscriminatorValue},
		{"POST", "/subscriptions", bridge, r.subscriptionTo(deals), models.CreateSubscriptionFromDiscriminatorValue},
		{"GET", "/subscriptions", bridge, nil, models.CreateSubscriptionCollectionResponseFromDiscriminatorValue},
		{"GET", "/wombats", app, nil, odataerrors.CreateODataErrorFromDiscriminatorValue},
		{"GET", "/users?$filter=" + url.QueryEscape("shoe eq 1"), app, nil, odataerrors.CreateODataErrorFromDiscriminatorValue},
	} {
		a := r.graph(c.method, c.path, c.token, c.body)
		node, err := kiotajson.NewJsonParseNodeFactory().GetRootParseNode("application/json", []byte(a.raw))
		must(t, err)
		parsed, err := node.GetObjectValue(c.parse)
		if err != nil {
			t.Errorf("%s %s: %v in %s", c.method, c.path, err, a.raw)
			continue
		}
		found := 0
		onlyAnnotations(t, c.method+" "+c.path, reflect.ValueOf(parsed), 0, &found)
		if found == 0 {
			t.Errorf("%s %s: nothing was parsed from %s", c.method, c.path, a.raw)
		}
	}
}

// everyProperty lists the properties of a type that $select takes.
func (r *rig) everyProperty(kind string) []string { return r.c.data.Types[kind] }

// onlyAnnotations walks a parsed value through its getters.
func onlyAnnotations(t *testing.T, where string, v reflect.Value, depth int, found *int) {
	t.Helper()
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || depth > 8 || v.Kind() == reflect.Pointer && v.IsNil() {
		return
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			onlyAnnotations(t, where, v.Index(i), depth+1, found)
		}
		return
	}
	holder, isModel := v.Interface().(serialization.AdditionalDataHolder)
	if !isModel {
		return
	}
	*found++
	for name := range holder.GetAdditionalData() {
		if !strings.Contains(name, "@odata.") && name != "@removed" && name != "@microsoft.graph.downloadUrl" {
			t.Errorf("%s: the vendor's %s does not know %q", where, v.Type(), name)
		}
	}
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if !strings.HasPrefix(m.Name, "Get") || m.Type.NumIn() != 1 || m.Type.NumOut() != 1 || strings.HasPrefix(m.Name, "GetBacking") {
			continue
		}
		switch kind := m.Type.Out(0).Kind(); kind {
		case reflect.Interface, reflect.Slice:
			onlyAnnotations(t, where+"."+m.Name[3:], v.Method(i).Call(nil)[0], depth+1, found)
		}
	}
}
