"""A handful of codes for the demonstration: enough for lifelike records, and no terminology.

SNOMED CT and dm+d are licensed, and an area loads its own release; the few concepts here appear in national examples or
are widely known, and stand for demonstration only. What has no code here travels as text, as it does in real records.
"""

from dataclasses import dataclass
from typing import Final

from lhcr.nhs.systems import ACT_CODE, LOINC, SNOMED_CT


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a system with its display; `code` is empty where only the words are known."""

    display: str
    code: str = ""
    system: str = SNOMED_CT


# Problems.
TYPE_2_DIABETES: Final = Code("Type 2 diabetes mellitus", "44054006")
HYPERTENSION: Final = Code("Essential hypertension", "59621000")
ASTHMA: Final = Code("Asthma", "195967001")
COPD: Final = Code("Chronic obstructive pulmonary disease", "13645005")
ATRIAL_FIBRILLATION: Final = Code("Atrial fibrillation", "49436004")
HEART_FAILURE: Final = Code("Heart failure", "84114007")
CKD_3: Final = Code("Chronic kidney disease stage 3", "433144002")
DEPRESSION: Final = Code("Depressive disorder", "35489007")
OSTEOARTHRITIS: Final = Code("Osteoarthritis", "396275006")
HYPOTHYROIDISM: Final = Code("Hypothyroidism", "40930008")
MYOCARDIAL_INFARCTION: Final = Code("Myocardial infarction", "22298006")
STROKE: Final = Code("Cerebrovascular accident", "230690007")
DEMENTIA: Final = Code("Dementia", "52448006")
URINARY_INFECTION: Final = Code("Urinary tract infectious disease", "68566005")
PNEUMONIA: Final = Code("Pneumonia", "233604007")
ECZEMA: Final = Code("Eczema", "43116000")
EPILEPSY: Final = Code("Epilepsy", "84757009")
OTITIS_MEDIA: Final = Code("Otitis media", "65363002")
HIGH_CHOLESTEROL: Final = Code("Hypercholesterolaemia", "13644009")
SEXUALLY_TRANSMITTED: Final = Code("Sexually transmitted infectious disease", "8098009")
LUNG_CANCER: Final = Code("Malignant tumour of lung", "363358000")
INSECT_BITE: Final = Code("Insect bite - wound", "276433004")
EAR_PAIN: Final = Code("Pain of ear", "301354004")
CHEST_PAIN: Final = Code("Chest pain", "29857009")
FALL: Final = Code("Fall", "1912002")

# Allergies and what they did.
PENICILLIN_ALLERGY: Final = Code("Allergy to penicillin", "91936005")
PEANUT_ALLERGY: Final = Code("Allergy to peanut", "91935009")
IBUPROFEN: Final = Code("Ibuprofen", "387207008")
NO_KNOWN_ALLERGY: Final = Code("No known allergy", "716186003")
RASH: Final = Code("Eruption of skin", "271807003")
URTICARIA: Final = Code("Urticaria", "126485001")
ANAPHYLAXIS: Final = Code("Anaphylaxis", "39579001")
VOMITING: Final = Code("Vomiting", "422400008")

# Measurements.
BLOOD_PRESSURE: Final = Code("Blood pressure", "75367002")
SYSTOLIC: Final = Code("Systolic blood pressure", "271649006")
DIASTOLIC: Final = Code("Diastolic blood pressure", "271650006")
BODY_WEIGHT: Final = Code("Body weight", "27113001")
HEART_RATE: Final = Code("Heart rate", "364075005")
RESPIRATORY_RATE: Final = Code("Respiratory rate", "86290005")
OXYGEN_SATURATION: Final = Code("Peripheral oxygen saturation", "431314004")
BODY_TEMPERATURE: Final = Code("Body temperature", "386725007")
NEWS2: Final = Code(
    "Royal College of Physicians NEWS2 (National Early Warning Score 2) total score", "1104051000000101"
)
HBA1C: Final = Code("Haemoglobin A1c level - IFCC standardised", "999791000000106")
EGFR: Final = Code("eGFR using creatinine (CKD-EPI) per 1.73 square metres", "1011481000000105")
CREATININE: Final = Code("Serum creatinine level", "1000731000000107")
SODIUM: Final = Code("Serum sodium level", "1000661000000107")
POTASSIUM: Final = Code("Serum potassium level", "1000651000000109")
HAEMOGLOBIN: Final = Code("Haemoglobin estimation", "1022431000000105")
CHOLESTEROL: Final = Code("Serum cholesterol level", "1005671000000105")
INR: Final = Code("INR in platelet poor plasma by coagulation assay", "6301-6", LOINC)
PEAK_FLOW: Final = Code("Peak expiratory flow by peak flow meter", "19935-6", LOINC)
FULL_BLOOD_COUNT: Final = Code("Full blood count", "26604007")
UREA_AND_ELECTROLYTES: Final = Code("Urea and electrolytes")

# Living.
TOBACCO_BEHAVIOUR: Final = Code("Tobacco smoking behaviour", "365981007")
SMOKER: Final = Code("Smoker", "77176002")
EX_SMOKER: Final = Code("Ex-smoker", "8517006")
NEVER_SMOKED: Final = Code("Never smoked tobacco", "266919005")
ALCOHOL_WEEKLY: Final = Code("Alcohol units consumed per week", "1082641000000106")

# Contacts.
SEEN_IN_SURGERY: Final = Code("Seen in GP's surgery", "185202000")
TELEPHONE_CONSULTATION: Final = Code("Telephone consultation", "386472008")
SEEN_AT_HOME: Final = Code("Seen in own home", "270420001")
SEEN_IN_CASUALTY: Final = Code("Seen in hospital casualty", "185210004")
SEEN_IN_OUTPATIENTS: Final = Code("Seen in hospital outpatient department", "185211000")
SEEN_ON_WARD: Final = Code("Seen in hospital ward", "185212007")
PHARMACY_FIRST: Final = Code("Pharmacy First service", "983341000000102")

# Procedures and vaccinations.
COLONOSCOPY: Final = Code("Colonoscopy", "73761001")
HIP_REPLACEMENT: Final = Code("Total replacement of hip", "52734007")
CATARACT_EXTRACTION: Final = Code("Cataract surgery", "110473004")
APPENDECTOMY: Final = Code("Appendicectomy", "80146002")
INFLUENZA_VACCINATION: Final = Code("Administration of influenza vaccine", "86198006")
PHARMACIST_INFLUENZA_VACCINATION: Final = Code("Seasonal influenza vaccination given by pharmacist", "955691000000108")
PNEUMOCOCCAL_VACCINATION: Final = Code("Administration of pneumococcal vaccine", "12866006")
SHINGLES_VACCINATION: Final = Code("Administration of Varicella-zoster vaccine for shingles", "722215002")
COVID_VACCINATION: Final = Code("Administration of SARS-CoV-2 mRNA vaccine", "1119350007")
MMR_VACCINATION: Final = Code("Administration of measles and mumps and rubella vaccine", "38598009")
INFLUENZA_VACCINE: Final = Code(
    "Influenza vaccine (split virion, inactivated) suspension for injection 0.5ml pre-filled syringes (Pfizer Ltd)",
    "11278411000001109",
)
LEFT_UPPER_ARM: Final = Code("Left upper arm structure", "368208006")
INTRAMUSCULAR: Final = Code("Intramuscular", "78421000")
ORAL: Final = Code("Oral", "26643006")

# Documents, plans, flags.
DISCHARGE_SUMMARY: Final = Code("Discharge summary", "373942005")
LETTER: Final = Code("Letter", "823751000000102")
CARE_PLAN: Final = Code("Care plan", "734163000")
END_OF_LIFE_PLAN: Final = Code("End of life care plan", "736373009")
REASONABLE_ADJUSTMENTS: Final = Code("Requires reasonable adjustments for health and care access", "1108111000000107")
FOR_RESUSCITATION: Final = Code("For cardiopulmonary resuscitation", "450475007")
NOT_FOR_RESUSCITATION: Final = Code("Not for attempted cardiopulmonary resuscitation", "450476008")
SMOKING_CESSATION: Final = Code("Smoking cessation therapy", "710081004")

# Why an entry needs more than ordinary care in showing it (HL7 v3 ActCode, information sensitivity).
SENSITIVE_SEXUAL_HEALTH: Final = Code("sexually transmitted disease information sensitivity", "STD", ACT_CODE)
SENSITIVE_ABUSE: Final = Code("sexual assault, abuse, or domestic violence information sensitivity", "SDV", ACT_CODE)
SENSITIVE_MENTAL_HEALTH: Final = Code("psychiatry disorder information sensitivity", "PSY", ACT_CODE)
