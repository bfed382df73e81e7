"""Addresses of the identifier and code systems that records in England use.

The identifier systems stand in the naming systems that HL7 UK publishes; the rest in FHIR R4, UK Core and HL7 v3.
"""

from typing import Final

# Who and where.
NHS_NUMBER: Final = "https://fhir.nhs.uk/Id/nhs-number"
ODS_ORGANISATION: Final = "https://fhir.nhs.uk/Id/ods-organization-code"
ODS_SITE: Final = "https://fhir.nhs.uk/Id/ods-site-code"
SDS_USER: Final = "https://fhir.nhs.uk/Id/sds-user-id"
SDS_ROLE_PROFILE: Final = "https://fhir.nhs.uk/Id/sds-role-profile-id"
CROSS_CARE_SETTING: Final = "https://fhir.nhs.uk/Id/cross-care-setting-identifier"
GMC: Final = "https://fhir.hl7.org.uk/Id/gmc-number"
GMP: Final = "https://fhir.hl7.org.uk/Id/gmp-number"
NMC: Final = "https://fhir.hl7.org.uk/Id/nmc-number"
GPHC: Final = "https://fhir.hl7.org.uk/Id/gphc-number"
HCPC: Final = "https://fhir.hl7.org.uk/Id/hcpc-number"
GDC: Final = "https://fhir.hl7.org.uk/Id/gdc-number"
GOC: Final = "https://fhir.hl7.org.uk/Id/goc-number"

# What is meant.
SNOMED_CT: Final = "http://snomed.info/sct"
DMD: Final = "https://dmd.nhs.uk"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
ICD_10: Final = "http://hl7.org/fhir/sid/icd-10"
SDS_JOB_ROLE: Final = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName"
ETHNIC_CATEGORY: Final = "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland"
NHS_NUMBER_STATUS: Final = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"

# How it may be used.
CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
SCR_PERMISSION: Final = "https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission"
