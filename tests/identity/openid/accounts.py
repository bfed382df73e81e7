"""Those who sign in at the local provider: staff with the claims of NHS CIS2, citizens with those of NHS login."""

from typing import Any

from tests.identity.openid_provider import Account, Json


def role(org: str, code: str, number: str = "1", *, activities: list[str] | None = None) -> Json:
    told: dict[str, Any] = {
        "org_code": org,
        "person_orgid": f"9{number}",
        "person_roleid": f"5{number}",
        "role_code": code,
        "role_name": '"Clinical":"Clinical Provision":"A Role"',
    }
    return told if activities is None else {**told, "activity_codes": activities}


NURSE = role("A81001", "S0010:G0020:R8001")
ORGANISATIONS = [{"org_code": "A81001", "org_name": "ALDERMERE SURGERY"}, {"org_code": "RRE", "org_name": "THE TRUST"}]


def staff(*roles: Json, sub: str = "555000000101", level: object = "3", **claims: object) -> Account:
    told = {"acr": "AAL2_OR_AAL3_ANY", "authentication_assurance_level": level, "id_assurance_level": "3", **claims}
    userinfo = {"name": "Ada Fell", "nhsid_nrbac_roles": list(roles), "nhsid_user_orgs": ORGANISATIONS}
    return Account(sub=sub, claims=told, userinfo=userinfo)


def citizen(number: object = "9990000018", *, proof: str = "P9", vector: str = "P9.Cp.Cd", **claims: object) -> Account:
    told = {"vot": vector, "identity_proofing_level": proof, "nhs_number": number, **claims}
    return Account(
        sub="49f470a1-cc52-49b7", claims=told, userinfo={**told, "given_name": "Dorothy", "family_name": "Hepworth"}
    )
