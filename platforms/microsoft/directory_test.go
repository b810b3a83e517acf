package microsoft

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

func TestAccountsAreReadAsTheyAre(t *testing.T) {
	no, yes := false, true
	teams := []graph.Plan{{ServicePlanID: teamsPlan, CapabilityStatus: "Enabled"}}
	tests := []struct {
		name string
		in   graph.User
		want platforms.User
	}{
		{
			"a member with aliases, whose sign-in name differs",
			graph.User{
				ID: "1", DisplayName: "Zoë Ångström", GivenName: "Zoë", Surname: "Ångström", UserPrincipalName: "Z1@Contoso.example",
				Mail: "Zoe@Contoso.example", ProxyAddresses: []string{"SMTP:Zoe@Contoso.example", "smtp:z.a@contoso.example", "sip:zoe@contoso.example", "X500:/o=x"},
				OtherMails: []string{"private@mail.example"}, AccountEnabled: &yes, UserType: "Member", EmployeeID: "7", Department: "Sales", AssignedPlans: teams,
			},
			platforms.User{
				ID: "1", Address: "zoe@contoso.example", Login: "z1@contoso.example",
				Addresses: []string{"zoe@contoso.example", "z.a@contoso.example", "z1@contoso.example"},
				Name:      "Zoë Ångström", GivenName: "Zoë", FamilyName: "Ångström", EmployeeID: "7", OrgUnit: "Sales",
				Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed,
			},
		},
		{
			"a disabled member without mail or licence",
			graph.User{ID: "2", UserPrincipalName: "a@contoso.example", AccountEnabled: &no, AssignedPlans: []graph.Plan{{Service: "exchange", CapabilityStatus: "Enabled"}}},
			platforms.User{ID: "2", Address: "a@contoso.example", Addresses: []string{"a@contoso.example"}, Kind: platforms.Member, State: platforms.Suspended, Licence: platforms.Unlicensed},
		},
		{
			"a licence that was taken away",
			graph.User{ID: "3", UserPrincipalName: "a@c.example", AssignedPlans: []graph.Plan{{ServicePlanID: teamsPlan, CapabilityStatus: "Deleted"}}},
			platforms.User{ID: "3", Address: "a@c.example", Addresses: []string{"a@c.example"}, Kind: platforms.Member, State: platforms.Active, Licence: platforms.Unlicensed},
		},
		{
			"a Teams plan of another product, in its grace period",
			graph.User{ID: "4", UserPrincipalName: "a@c.example", AssignedPlans: []graph.Plan{{ServicePlanID: "other", Service: "TeamspaceAPI", CapabilityStatus: "Warning"}}},
			platforms.User{ID: "4", Address: "a@c.example", Addresses: []string{"a@c.example"}, Kind: platforms.Member, State: platforms.Active, Licence: platforms.Licensed},
		},
		{
			"a guest known by the address invited, never by the invented sign-in name",
			graph.User{ID: "5", UserPrincipalName: "jo_acme.example#EXT#@contoso.onmicrosoft.com", OtherMails: []string{"Jo@acme.example"}, UserType: "Guest"},
			platforms.User{
				ID: "5", Address: "jo@acme.example", Login: "jo_acme.example#ext#@contoso.onmicrosoft.com", Addresses: []string{"jo@acme.example"},
				Kind: platforms.Guest, State: platforms.Active, Licence: platforms.LicenceNotAsked,
			},
		},
		{
			"an external account that was made a member is still foreign",
			graph.User{ID: "6", UserPrincipalName: "jo_acme.example#EXT#@contoso.onmicrosoft.com", Mail: "jo@acme.example", UserType: "Member", AssignedPlans: teams},
			platforms.User{
				ID: "6", Address: "jo@acme.example", Login: "jo_acme.example#ext#@contoso.onmicrosoft.com", Addresses: []string{"jo@acme.example"},
				Kind: platforms.Guest, State: platforms.Active, Licence: platforms.LicenceNotAsked,
			},
		},
		{
			"a primary address that only the proxies tell",
			graph.User{ID: "7", UserPrincipalName: "u@c.example", ProxyAddresses: []string{"smtp:old@c.example", "SMTP:new@c.example"}},
			platforms.User{
				ID: "7", Address: "new@c.example", Login: "u@c.example", Addresses: []string{"new@c.example", "old@c.example", "u@c.example"},
				Kind: platforms.Member, State: platforms.Active, Licence: platforms.Unlicensed,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, user(test.in)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRoomsTellWhyTheyCannotBeLinked(t *testing.T) {
	team := graph.Team{ID: "T", DisplayName: "Sales"}
	tests := []struct {
		name     string
		team     graph.Team
		channel  graph.Channel
		kind     platforms.RoomKind
		linkable bool
	}{
		{"a standard channel", team, graph.Channel{ID: "C", MembershipType: "standard"}, platforms.Channel, true},
		{"a channel of an answer without the type", team, graph.Channel{ID: "C"}, platforms.Channel, true},
		{"a private channel", team, graph.Channel{ID: "C", MembershipType: "private"}, platforms.PrivateChannel, false},
		{"a shared channel", team, graph.Channel{ID: "C", MembershipType: "shared"}, platforms.SharedChannel, false},
		{"a kind of the future", team, graph.Channel{ID: "C", MembershipType: "unknownFutureValue"}, platforms.Channel, false},
		{"an archived channel", team, graph.Channel{ID: "C", IsArchived: true}, platforms.Channel, false},
		{"a channel of an archived team", graph.Team{ID: "T", IsArchived: true}, graph.Channel{ID: "C"}, platforms.Channel, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := room(test.team, test.channel)
			if got.ID != "T/C" || got.Kind != test.kind || (got.Unlinkable == "") != test.linkable {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestMembersAreToldApart(t *testing.T) {
	r := &rooms{tenant: "ours"}
	tests := map[platforms.MemberKind]graph.Member{
		platforms.InsideMember:  {UserID: "1", TenantID: "OURS", Roles: []string{"owner"}},
		platforms.GuestMember:   {UserID: "2", TenantID: "ours", Roles: []string{"guest"}},
		platforms.OutsideMember: {UserID: "3", TenantID: "theirs"},
	}
	for want, in := range tests {
		if got := r.member(in); got.Kind != want || got.Owner != (want == platforms.InsideMember) {
			t.Errorf("%+v reads as %+v", in, got)
		}
	}
}
